package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeshFilesTest {

    private interface Reader {
        Mesh read(ByteBuffer file, int mostTriangles);
    }

    /** A format's name, how it is read, and a file of it. */
    private record Format(String name, Reader reader, byte[] file) {}

    private static List<Format> formats(Mesh mesh) throws IOException {
        return List.of(
                new Format("STL", Stl::read, Shapes.written(channel -> Stl.write(mesh, channel))),
                new Format("OBJ", Obj::read, Shapes.written(channel -> Obj.write(mesh, "mesh", channel))),
                new Format("GLB", Glb::read, Shapes.written(channel -> Glb.write(mesh, channel))),
                new Format("PLY", Ply::read, Shapes.written(channel -> Ply.write(mesh, channel))));
    }

    private static ErrorCode refused(Reader reader, ByteBuffer file) {
        return assertThrows(OspreyException.class, () -> reader.read(file, Shapes.MOST))
                .code();
    }

    private static void assertUnreadable(Reader reader, String file) {
        assertEquals(ErrorCode.MESH_UNREADABLE, refused(reader, Shapes.buffer(file)), file);
    }

    @Test
    void everyFormatGivesBackEveryTriangle() throws IOException {
        for (Mesh mesh : List.of(Shapes.cube(), Shapes.relief(), Shapes.torus(40, 12, 5))) {
            for (Format format : formats(mesh)) {
                Mesh read = format.reader.read(ByteBuffer.wrap(format.file), Shapes.MOST);
                assertArrayEquals(Shapes.places(mesh), Shapes.places(read), format.name);
                assertEquals(MeshAnalysis.of(mesh), MeshAnalysis.of(read), format.name);
            }
        }
    }

    @Test
    void textureCoordinatesAndColoursComeBack() throws IOException {
        Mesh relief = Shapes.relief();
        byte[] rgb = new byte[3 * relief.vertices()];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) i;
        }
        Mesh mesh = relief.withColours(rgb);
        for (Format format : formats(mesh)) {
            if (format.name.equals("STL")) {
                continue;
            }
            Mesh read = format.reader.read(ByteBuffer.wrap(format.file), Shapes.MOST);
            float[] before = mesh.textureCoordinates().orElseThrow();
            float[] after = read.textureCoordinates().orElseThrow();
            byte[] colours = read.colours().orElseThrow();
            for (int i = 0; i < mesh.corners().length; i++) {
                int was = mesh.corners()[i];
                int is = read.corners()[i];
                assertEquals(before[2 * was], after[2 * is], 1e-6, format.name);
                assertEquals(before[2 * was + 1], after[2 * is + 1], 1e-6, format.name);
                for (int k = 0; k < 3; k++) {
                    assertEquals(rgb[3 * was + k], colours[3 * is + k], format.name);
                }
            }
        }
    }

    @Test
    void thePictureComesBackInGlb() throws IOException {
        byte[] png = Shapes.png();
        Mesh mesh = Shapes.relief().withTexture(Texture.of(png));
        byte[] file = Shapes.written(channel -> Glb.write(mesh, channel));
        Texture read = Glb.read(ByteBuffer.wrap(file), Shapes.MOST).texture().orElseThrow();
        assertArrayEquals(png, read.bytes());
        assertEquals("image/png", read.mediaType());
        assertEquals(
                "image/jpeg",
                Texture.of(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0})
                        .mediaType());
        assertEquals(
                ErrorCode.IMAGE_UNREADABLE,
                assertThrows(OspreyException.class, () -> Texture.of(new byte[3]))
                        .code());
    }

    @Test
    void filesAreTheSameWhereDigitsLookDifferent() throws IOException {
        Mesh mesh = Shapes.relief().withTexture(Texture.of(Shapes.png()));
        List<Format> before = formats(mesh);
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            List<Format> after = formats(mesh);
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(before.get(i).file, after.get(i).file, before.get(i).name);
            }
        } finally {
            Locale.setDefault(usual);
        }
    }

    @Test
    void headersSayWhatFollows() throws IOException {
        Mesh mesh = Shapes.relief().withTexture(Texture.of(Shapes.png()));
        byte[] stl = Shapes.written(channel -> Stl.write(mesh, channel));
        assertEquals(84 + 50 * mesh.triangles(), stl.length);
        assertFalse(new String(stl, 0, 80, StandardCharsets.US_ASCII).startsWith("solid"));
        ByteBuffer glb = ByteBuffer.wrap(Shapes.written(channel -> Glb.write(mesh, channel)))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(glb.limit(), glb.getInt(8));
        assertEquals(0, glb.getInt(12) % 4);
        assertEquals(0, glb.limit() % 4);
        String obj = new String(Shapes.written(channel -> Obj.write(mesh, "hill", channel)), StandardCharsets.US_ASCII);
        assertTrue(obj.startsWith("mtllib hill.mtl\nv "));
        String mtl = new String(
                Shapes.written(channel -> Obj.writeMaterial(mesh.texture().orElseThrow(), "hill", channel)),
                StandardCharsets.US_ASCII);
        assertTrue(mtl.endsWith("map_Kd hill.png\n"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Obj.write(mesh, "../hill", Channels.newChannel(new ByteArrayOutputStream())));
    }

    @Test
    void normalsOfStlPointOutwardsAndHaveLengthOne() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Shapes.written(channel -> Stl.write(Shapes.sphere(20, 8), channel)))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 84; at < file.limit(); at += 50) {
            double length = 0;
            double outwards = 0;
            for (int k = 0; k < 3; k++) {
                float normal = file.getFloat(at + 4 * k);
                length += normal * normal;
                outwards += normal * (file.getFloat(at + 12 + 4 * k) - 9.5);
            }
            assertEquals(1, length, 1e-5);
            assertTrue(outwards > 0);
        }
        Mesh line = Mesh.of(new float[] {0, 0, 0, 1, 1, 1}, new int[] {0, 1, 1});
        ByteBuffer flat = ByteBuffer.wrap(Shapes.written(channel -> Stl.write(line, channel)))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1, flat.getFloat(84 + 8));
    }

    @Test
    void moreThanOneBufferOfAnything() throws IOException {
        Mesh mesh = Shapes.sphere(90, 40);
        byte[] stl = Shapes.written(channel -> Stl.write(mesh, channel));
        assertTrue(stl.length > 2 << 20);
        assertArrayEquals(Shapes.places(mesh), Shapes.places(Stl.read(ByteBuffer.wrap(stl), Shapes.MOST)));
    }

    private static final String FACET = """
            facet normal 0 0 1
             outer loop
              vertex 0 0 0
              vertex 1e0 0 0
              VERTEX 0 +1.5 -0
             endloop
            endfacet
            """;

    @Test
    void readsStlAsText() {
        Mesh mesh = Stl.read(Shapes.buffer("solid of vertex and facet\r\n" + FACET + FACET + "endsolid any name\n"), 2);
        assertEquals(2, mesh.triangles());
        assertEquals(3, mesh.vertices());
        assertArrayEquals(new float[] {0, 0, 0, 1, 0, 0, 0, 1.5f, 0}, mesh.positions());
        assertEquals(0, Stl.read(Shapes.buffer("solid\nendsolid"), 1).triangles());
    }

    @Test
    void binaryStlMayBeginLikeText() throws IOException {
        byte[] file = Shapes.written(channel -> Stl.write(Shapes.cube(), channel));
        System.arraycopy("solid ".getBytes(StandardCharsets.US_ASCII), 0, file, 0, 6);
        assertEquals(12, Stl.read(ByteBuffer.wrap(file), 12).triangles());
    }

    @Test
    void refusesStlThatIsNone() throws IOException {
        assertUnreadable(Stl::read, "");
        assertUnreadable(Stl::read, "solid x\n" + FACET);
        assertUnreadable(Stl::read, "solid x\n" + FACET.replace("1e0", "NaN") + "endsolid");
        assertUnreadable(Stl::read, "solid x\n" + FACET.replace("1e0", "1e40") + "endsolid");
        assertUnreadable(Stl::read, "solid x\n" + FACET.replace("1e0", "") + "endsolid");
        assertUnreadable(Stl::read, "solid x\n" + FACET.replace("endloop", "vertex 1 1 1") + "endsolid");
        assertUnreadable(Stl::read, "solid x\n" + FACET.replace("  vertex 0 0 0\n", "") + "endsolid");
        assertUnreadable(Stl::read, "solid x\n" + FACET + "surprise\nendsolid");
        byte[] lying = Shapes.written(channel -> Stl.write(Shapes.cube(), channel));
        for (int count : new int[] {11, 13, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(80, count);
            assertEquals(ErrorCode.MESH_UNREADABLE, refused(Stl::read, ByteBuffer.wrap(lying)));
        }
    }

    @Test
    void readsPolygonsAndBackwardsCornersOfObj() {
        Mesh mesh = Obj.read(Shapes.buffer("""
                        # a house
                        o side
                        v 0 0 0
                        v 1 0 0 1.0
                        v 1 1 0
                        v 0.5 1.5 0
                        v 0 1 0
                        vn 0 0 1
                        s off
                        f 1//1 2//1 3//1 -2//1 -1//1
                        """), 3);
        assertEquals(3, mesh.triangles());
        assertEquals(1.25, MeshAnalysis.of(mesh).area(), 1e-6);
        assertTrue(mesh.textureCoordinates().isEmpty() && mesh.colours().isEmpty());
    }

    @Test
    void partsAVertexOfObjAtASeam() {
        Mesh mesh = Obj.read(
                Shapes.buffer("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nvt 0 0\nvt 1 1\nf 1/1 2/1 3/1\nf 3/2 2/1 4/2\n"), 2);
        assertEquals(5, mesh.vertices());
        assertEquals(4, MeshAnalysis.of(mesh).vertices());
        assertEquals(1, mesh.textureCoordinates().orElseThrow()[1]);
    }

    @Test
    void refusesObjThatIsNone() {
        assertUnreadable(Obj::read, "");
        assertUnreadable(Obj::read, "v 0 0\n");
        assertUnreadable(Obj::read, "v 0 0 nan\n");
        assertUnreadable(Obj::read, "v 0 0 " + "9".repeat(1000) + "\n");
        String triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
        for (String face : List.of("1 2", "1 2 4", "0 1 2", "1 2 -4", "1 2 x", "1 2 3/1", "1 2 2147483648", "/1 2 3")) {
            assertUnreadable(Obj::read, triangle + "f " + face + "\n");
        }
    }

    private static String ply(String elements) {
        return "ply\nformat binary_little_endian 1.0\n" + elements + "end_header\n";
    }

    private static final String POINTS = "element vertex 1\nproperty float x\nproperty float y\nproperty float z\n";
    private static final String FACES = "element face 1\nproperty list uchar int vertex_indices\n";

    @Test
    void refusesPlyThatIsNone() {
        String point = "\0".repeat(12);
        assertUnreadable(Ply::read, "");
        assertUnreadable(Ply::read, "ply\n");
        assertUnreadable(Ply::read, "ply\nformat ascii 1.0\n" + POINTS + FACES + "end_header\n" + point);
        assertUnreadable(Ply::read, "ply\n" + POINTS + FACES + "end_header\n" + point);
        assertUnreadable(Ply::read, ply(POINTS));
        assertUnreadable(Ply::read, ply("element vertex 1\nproperty float x\n" + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS + FACES) + point + "\3" + "\0".repeat(11));
        assertUnreadable(Ply::read, ply(POINTS + FACES) + point + "\2" + "\0".repeat(8));
        assertUnreadable(Ply::read, ply(POINTS + FACES) + point + "\3" + "\1".repeat(12));
        assertUnreadable(Ply::read, ply(POINTS + FACES) + "\0\0\u00C0\177" + "\0".repeat(8) + "\3" + "\0".repeat(12));
        assertUnreadable(Ply::read, ply(POINTS.replace("vertex 1", "vertex 2000000") + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS.replace("vertex 1", "vertex -1") + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS.replace("vertex 1", "vertex 99999999999") + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS.replace("float x", "quaternion x") + FACES) + point);
        assertUnreadable(Ply::read, ply("property float x\n" + POINTS + FACES) + point);
        assertUnreadable(Ply::read, ply(POINTS + FACES.replace("uchar", "float")) + point + "\0\0\u00C0\177");
    }

    @Test
    void passesOverWhatItDoesNotKnowInPly() {
        Mesh mesh = Ply.read(
                Shapes.buffer(
                        ply("""
                                comment made by hand
                                element vertex 3
                                property double x
                                property float y
                                property int8 quality
                                property float z
                                element face 1
                                property uchar flag
                                property list ushort uint vertex_index
                                property list uchar short more
                                """) + "\0".repeat(51) + "\7" + "\4\0" + "\0\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0" + "\1\0\0"),
                2);
        assertEquals(3, mesh.vertices());
        assertArrayEquals(new int[] {0, 1, 2, 0, 2, 1}, mesh.corners());
    }

    /** With the document's text replaced, padded and its lengths set right again. */
    private static ByteBuffer changed(byte[] file, String old, String replacement) {
        ByteBuffer before = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = before.getInt(12);
        String document = new String(file, 20, length, StandardCharsets.ISO_8859_1);
        assertTrue(document.contains(old), old);
        String text = document.replace(old, replacement);
        text += " ".repeat(3 - (text.length() + 3) % 4);
        ByteBuffer after = ByteBuffer.allocate(file.length - length + text.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file, 0, 20)
                .put(text.getBytes(StandardCharsets.ISO_8859_1))
                .put(file, 20 + length, file.length - 20 - length);
        return after.putInt(8, after.limit()).putInt(12, text.length()).flip();
    }

    @Test
    void refusesGlbWhoseDocumentLies() throws IOException {
        byte[] file = Shapes.written(channel -> Glb.write(Shapes.cube(), channel));
        assertEquals(12, Glb.read(changed(file, "Osprey", "Ospreys"), 12).triangles());
        String[][] lies = {
            {"\"count\":8", "\"count\":9"},
            {"\"count\":36", "\"count\":2147483647"},
            {"\"count\":36", "\"count\":-3"},
            {"\"count\":36", "\"count\":35"},
            {"\"count\":36", "\"count\":\"36\""},
            {"\"byteLength\":96", "\"byteLength\":96000000"},
            {"\"byteLength\":96", "\"byteLength\":-1"},
            {"\"byteOffset\":0", "\"byteOffset\":-4"},
            {"\"byteOffset\":0", "\"byteOffset\":2147483647"},
            {"\"bufferView\":0", "\"bufferView\":9"},
            {"\"indices\":2", "\"indices\":0"},
            {"\"type\":\"VEC3\"", "\"type\":\"MAT9\""},
            {"\"componentType\":5126", "\"componentType\":5130"},
            {"\"POSITION\":0", "\"POSITION\":2"},
            {"\"POSITION\":0", "\"PLACE\":0"},
            {"\"indices\":2", "\"indices\":2,\"mode\":5"},
            {"\"nodes\":[{\"mesh\":0}]", "\"nodes\":[{\"mesh\":0,\"scale\":[2,2,2]}]"},
            {"\"nodes\":[{\"mesh\":0}]", "\"nodes\":[7]"},
            {"\"meshes\"", "\"fishes\""},
            {"\"buffers\":[{", "\"buffers\":[{\"uri\":\"file:///etc/passwd\","},
            {"{\"asset\"", "[\"asset\""},
            {"\"count\":36", "\"count\":1e999999999"},
            {"\"count\":36", "\"count\":" + "9".repeat(5000)},
            {"{\"asset\"", "[".repeat(100_000)},
            {"\"Osprey\"", "\"\\\\\\\"" + "]".repeat(100_000) + "\",\"deep\":" + "[".repeat(100_000)},
        };
        for (String[] lie : lies) {
            assertEquals(ErrorCode.MESH_UNREADABLE, refused(Glb::read, changed(file, lie[0], lie[1])), lie[1]);
        }
    }

    @Test
    void refusesAFileThatEndsAnywhere() throws IOException {
        for (Format format : formats(Shapes.cube())) {
            if (format.name.equals("OBJ")) {
                continue; // lines have no end to miss
            }
            for (int length = 0; length < format.file.length; length++) {
                assertEquals(
                        ErrorCode.MESH_UNREADABLE,
                        refused(format.reader, ByteBuffer.wrap(format.file, 0, length)),
                        format.name + " of " + length);
            }
        }
    }

    @Test
    void damageIsReadOrRefusedButNothingElse() throws IOException {
        Random random = new Random(6);
        for (Format format : formats(Shapes.cube())) {
            for (int i = 0; i < 3000; i++) {
                byte[] file = format.file.clone();
                for (int k = 0; k <= random.nextInt(4); k++) {
                    file[random.nextInt(file.length)] = (byte) random.nextInt(256);
                }
                try {
                    Mesh read = format.reader.read(ByteBuffer.wrap(file), 1000);
                    assertTrue(read.triangles() <= 1000);
                } catch (OspreyException refusal) {
                    assertTrue(
                            refusal.code() == ErrorCode.MESH_UNREADABLE || refusal.code() == ErrorCode.MESH_TOO_LARGE,
                            refusal.getMessage());
                }
            }
        }
    }

    @Test
    void readsNoMoreThanAllowed() throws IOException {
        for (Format format : formats(Shapes.cube())) {
            assertEquals(
                    12, format.reader.read(ByteBuffer.wrap(format.file), 12).triangles());
            OspreyException refusal = assertThrows(
                    OspreyException.class, () -> format.reader.read(ByteBuffer.wrap(format.file), 11), format.name);
            assertEquals(ErrorCode.MESH_TOO_LARGE, refusal.code(), format.name);
        }
    }

    @Test
    void readsFromTheMiddleOfABuffer() throws IOException {
        for (Format format : formats(Shapes.cube())) {
            byte[] around = new byte[format.file.length + 20];
            Arrays.fill(around, (byte) 'x');
            System.arraycopy(format.file, 0, around, 7, format.file.length);
            ByteBuffer file = ByteBuffer.wrap(around, 7, format.file.length);
            assertEquals(12, format.reader.read(file, 12).triangles(), format.name);
            assertEquals(7, file.position());
        }
    }
}
