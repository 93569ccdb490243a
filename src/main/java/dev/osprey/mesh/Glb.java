package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * glTF 2.0 in its binary container (Khronos' specification, sections 3 and 4).
 *
 * <p>Numbers are kept as they are: millimetres with the front towards +z, where glTF's own unit is the metre.
 */
public final class Glb {

    private static final int MAGIC = 0x46546C67;
    private static final int JSON = 0x4E4F534A;
    private static final int BINARY = 0x004E4942;
    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FLOAT = 5126;
    private static final int UINT8 = 5121;
    private static final int UINT16 = 5123;
    private static final int UINT32 = 5125;
    private static final int MOST_NESTED = 64;

    private Glb() {}

    /**
     * Writes one mesh with positions, normals, and texture coordinates with their picture or colours where there are some.
     *
     * @throws OspreyException {@link ErrorCode#MESH_TOO_LARGE} beyond 4 GiB, which the container cannot say;
     *     {@link ErrorCode#MESH_UNREADABLE} without a triangle, which glTF cannot say either
     */
    public static void write(Mesh mesh, WritableByteChannel channel) throws IOException {
        if (mesh.triangles() == 0) {
            throw new OspreyException(ErrorCode.MESH_UNREADABLE, "A mesh without a triangle");
        }
        Layout layout = new Layout();
        String attributes = "\"POSITION\":" + layout.accessor(mesh.vertices(), 12, 34962, FLOAT, "VEC3", range(mesh))
                + ",\"NORMAL\":" + layout.accessor(mesh.vertices(), 12, 34962, FLOAT, "VEC3", "");
        if (mesh.textureCoordinates().isPresent()) {
            attributes += ",\"TEXCOORD_0\":" + layout.accessor(mesh.vertices(), 8, 34962, FLOAT, "VEC2", "");
        }
        if (mesh.colours().isPresent()) {
            attributes += ",\"COLOR_0\":"
                    + layout.accessor(mesh.vertices(), 8, 34962, UINT16, "VEC4", ",\"normalized\":true");
        }
        int indices = layout.accessor(3 * mesh.triangles(), 4, 34963, UINT32, "SCALAR", "");
        String picture = "";
        byte[] image = new byte[0];
        String material = "\"metallicFactor\":0,\"roughnessFactor\":1";
        if (mesh.texture().isPresent()) {
            Texture texture = mesh.texture().get();
            image = texture.bytes();
            picture = String.format(
                            Locale.ROOT,
                            ",\"images\":[{\"bufferView\":%d,\"mimeType\":\"%s\"}],\"samplers\":[{\"wrapS\":33071,\"wrapT\":33071}]",
                            layout.view(image.length, 0),
                            texture.mediaType())
                    + ",\"textures\":[{\"source\":0,\"sampler\":0}]";
            material += ",\"baseColorTexture\":{\"index\":0}";
        }
        String document = "{\"asset\":{\"version\":\"2.0\",\"generator\":\"Osprey\"},\"scene\":0,"
                + "\"scenes\":[{\"nodes\":[0]}],\"nodes\":[{\"mesh\":0}],"
                + "\"meshes\":[{\"primitives\":[{\"attributes\":{" + attributes + "},\"indices\":" + indices
                + ",\"material\":0}]}],\"materials\":[{\"pbrMetallicRoughness\":{" + material + "}}]" + picture
                + ",\"accessors\":[" + String.join(",", layout.accessors) + "],\"bufferViews\":["
                + String.join(",", layout.views) + "],\"buffers\":[{\"byteLength\":" + layout.length + "}]}";
        byte[] json = document.getBytes(StandardCharsets.UTF_8);
        long total = HEADER + 2L * CHUNK_HEADER + padded(json.length) + layout.length;
        if (total > 0xFFFFFFFFL) {
            throw new OspreyException(
                    ErrorCode.MESH_TOO_LARGE, "%d bytes, glTF's container holds at most 4 GiB".formatted(total));
        }
        Sink sink = new Sink(channel);
        sink.ints(new int[] {MAGIC, 2, (int) total, (int) padded(json.length), JSON});
        sink.bytes(json);
        pad(sink, json.length, ' ');
        sink.ints(new int[] {(int) layout.length, BINARY});
        sink.floats(mesh.positions());
        sink.floats(mesh.vertexNormals());
        if (mesh.textureCoordinates().isPresent()) {
            sink.floats(mesh.textureCoordinates().get());
        }
        if (mesh.colours().isPresent()) {
            putLinear(sink, mesh.colours().get());
        }
        sink.ints(mesh.corners());
        sink.bytes(image);
        pad(sink, image.length, 0);
        sink.flush();
    }

    /** What the document says of the binary chunk, written down in the order in which the parts follow there. */
    private static final class Layout {

        private final List<String> accessors = new ArrayList<>();
        private final List<String> views = new ArrayList<>();
        private long length;

        int accessor(int count, int stride, int target, int component, String type, String more) {
            accessors.add(String.format(
                    Locale.ROOT,
                    "{\"bufferView\":%d,\"componentType\":%d,\"count\":%d,\"type\":\"%s\"%s}",
                    view((long) count * stride, target),
                    component,
                    count,
                    type,
                    more));
            return accessors.size() - 1;
        }

        int view(long bytes, int target) {
            views.add(String.format(
                    Locale.ROOT,
                    "{\"buffer\":0,\"byteOffset\":%d,\"byteLength\":%d%s}",
                    length,
                    bytes,
                    target == 0 ? "" : ",\"target\":" + target));
            length += padded(bytes);
            return views.size() - 1;
        }
    }

    private static long padded(long length) {
        return length + 3 & ~3L;
    }

    private static void pad(Sink sink, int length, int with) throws IOException {
        for (long i = length; i < padded(length); i++) {
            sink.room(1).put((byte) with);
        }
    }

    private static String range(Mesh mesh) {
        Bounds bounds = mesh.bounds();
        return ",\"min\":[%s,%s,%s],\"max\":[%s,%s,%s]"
                .formatted(
                        (float) bounds.minX(),
                        (float) bounds.minY(),
                        (float) bounds.minZ(),
                        (float) bounds.maxX(),
                        (float) bounds.maxY(),
                        (float) bounds.maxZ());
    }

    /** glTF's vertex colours are linear; in 16 bits each of the 256 values of sRGB stays apart. */
    private static void putLinear(Sink sink, byte[] rgb) throws IOException {
        short[] linear = new short[256];
        for (int value = 0; value < 256; value++) {
            double coded = value / 255.0;
            double light = coded <= 0.04045 ? coded / 12.92 : Math.pow((coded + 0.055) / 1.055, 2.4);
            linear[value] = (short) Math.round(65535 * light);
        }
        for (int i = 0; i < rgb.length; i += 3) {
            sink.room(8)
                    .putShort(linear[rgb[i] & 0xFF])
                    .putShort(linear[rgb[i + 1] & 0xFF])
                    .putShort(linear[rgb[i + 2] & 0xFF])
                    .putShort((short) 0xFFFF);
        }
    }

    /**
     * Reads the triangles of a file with one mesh that stands where its numbers say: no transformed nodes, no sparse or
     * compressed accessors, all data in the file itself. Several primitives become one mesh; texture coordinates and
     * colours are read where all have them, the picture where there is but one primitive.
     *
     * @param file from its position to its limit; both are left as they are
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE}, {@link ErrorCode#MESH_TOO_LARGE}
     */
    public static Mesh read(ByteBuffer file, int mostTriangles) {
        ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < HEADER + CHUNK_HEADER || bytes.getInt(0) != MAGIC || bytes.getInt(4) != 2) {
            throw unreadable("no header of version 2");
        }
        if (Integer.toUnsignedLong(bytes.getInt(8)) != bytes.limit()) {
            throw unreadable(
                    "%d bytes, %d by its header".formatted(bytes.limit(), Integer.toUnsignedLong(bytes.getInt(8))));
        }
        ByteBuffer json = chunk(bytes, HEADER, JSON);
        int second = HEADER + CHUNK_HEADER + json.limit();
        ByteBuffer binary = second == bytes.limit() ? ByteBuffer.allocate(0) : chunk(bytes, second, BINARY);
        try {
            return new Reading(document(json), binary, mostTriangles).mesh();
            // The last one is the parser's, for a number too long or too large.
        } catch (ClassCastException
                | JsonException
                | IndexOutOfBoundsException
                | NullPointerException
                | UnsupportedOperationException wrong) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE, "GLB has a document that lacks something or is not JSON", wrong);
        }
    }

    private static ByteBuffer chunk(ByteBuffer bytes, int at, int type) {
        if (bytes.limit() - at < CHUNK_HEADER
                || bytes.getInt(at + 4) != type
                || Integer.toUnsignedLong(bytes.getInt(at)) > bytes.limit() - at - CHUNK_HEADER) {
            throw unreadable("a chunk of another kind or length than expected");
        }
        return bytes.slice(at + CHUNK_HEADER, bytes.getInt(at)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static JsonObject document(ByteBuffer json) {
        byte[] text = new byte[json.limit()];
        json.get(0, text);
        requireShallow(text);
        try (JsonReader reader = Json.createReader(new StringReader(new String(text, StandardCharsets.UTF_8)))) {
            return reader.readObject();
        }
    }

    /** The parser goes down with each bracket: counted first, so that none exhausts the stack. */
    private static void requireShallow(byte[] text) {
        int nested = 0;
        boolean quoted = false;
        for (int at = 0; at < text.length; at++) {
            if (quoted && text[at] == '\\') {
                at++;
            } else if (text[at] == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                nested += text[at] == '[' || text[at] == '{' ? 1 : 0;
                nested -= text[at] == ']' || text[at] == '}' ? 1 : 0;
                if (nested > MOST_NESTED) {
                    throw unreadable("a document nested too deeply");
                }
            }
        }
    }

    private static OspreyException unreadable(String found) {
        return new OspreyException(ErrorCode.MESH_UNREADABLE, "GLB has " + found);
    }

    /** A file whose chunks are known. */
    private static final class Reading {

        private static final Map<String, Integer> COMPONENTS = Map.of("SCALAR", 1, "VEC2", 2, "VEC3", 3, "VEC4", 4);

        private final JsonObject document;
        private final ByteBuffer binary;
        private final int mostTriangles;

        Reading(JsonObject document, ByteBuffer binary, int mostTriangles) {
            this.document = document;
            this.binary = binary;
            this.mostTriangles = mostTriangles;
        }

        Mesh mesh() {
            for (JsonObject node : document.getOrDefault("nodes", JsonValue.EMPTY_JSON_ARRAY)
                    .asJsonArray()
                    .getValuesAs(JsonObject.class)) {
                for (String transform : List.of("matrix", "translation", "rotation", "scale")) {
                    if (node.containsKey(transform)) {
                        throw unreadable("a transformed node");
                    }
                }
            }
            JsonArray meshes = document.getJsonArray("meshes");
            if (meshes == null || meshes.size() != 1) {
                throw unreadable("%d meshes, expected one".formatted(meshes == null ? 0 : meshes.size()));
            }
            JsonArray primitives = meshes.getJsonObject(0).getJsonArray("primitives");
            long vertices = 0;
            long corners = 0;
            boolean textured = true;
            boolean coloured = true;
            for (JsonObject primitive : primitives.getValuesAs(JsonObject.class)) {
                if (primitive.getInt("mode", 4) != 4) {
                    throw unreadable("something else than triangles");
                }
                JsonObject attributes = primitive.getJsonObject("attributes");
                int own = accessor(attributes.getInt("POSITION")).count;
                vertices += own;
                corners += primitive.containsKey("indices") ? accessor(primitive.getInt("indices")).count : own;
                textured &= attributes.containsKey("TEXCOORD_0");
                coloured &= attributes.containsKey("COLOR_0");
            }
            if (vertices / 3 > mostTriangles || corners / 3 > mostTriangles) {
                throw MeshBuilder.tooLarge(mostTriangles);
            }
            float[] positions = new float[Math.toIntExact(3 * vertices)];
            float[] coordinates = new float[textured ? Math.toIntExact(2 * vertices) : 0];
            byte[] colours = new byte[coloured ? positions.length : 0];
            int[] numbers = new int[(int) corners];
            int vertex = 0;
            int corner = 0;
            for (JsonObject primitive : primitives.getValuesAs(JsonObject.class)) {
                JsonObject attributes = primitive.getJsonObject("attributes");
                Accessor place = accessor(attributes.getInt("POSITION"));
                place.require(3, place.count);
                Accessor coordinate =
                        textured ? accessor(attributes.getInt("TEXCOORD_0")).require(2, place.count) : null;
                Accessor colour =
                        coloured ? accessor(attributes.getInt("COLOR_0")).require(3, place.count) : null;
                for (int i = 0; i < place.count; i++) {
                    for (int k = 0; k < 3; k++) {
                        positions[3 * (vertex + i) + k] = (float) place.value(i, k);
                        if (colour != null) {
                            colours[3 * (vertex + i) + k] = coded(colour.value(i, k));
                        }
                    }
                    for (int k = 0; k < 2 && coordinate != null; k++) {
                        coordinates[2 * (vertex + i) + k] = (float) coordinate.value(i, k);
                    }
                }
                Accessor index = primitive.containsKey("indices")
                        ? accessor(primitive.getInt("indices")).require(1, 0)
                        : null;
                int count = index == null ? place.count : index.count;
                for (int i = 0; i < count; i++) {
                    long number = index == null ? i : index.integer(i);
                    if (number >= place.count) {
                        throw unreadable("a triangle with vertex %d of %d".formatted(number, place.count));
                    }
                    numbers[corner++] = vertex + (int) number;
                }
                vertex += place.count;
            }
            Mesh mesh = Mesh.of(positions, numbers);
            mesh = coloured ? mesh.withColours(colours) : mesh;
            mesh = textured ? mesh.withTextureCoordinates(coordinates) : mesh;
            return textured && primitives.size() == 1 ? pictured(mesh, primitives.getJsonObject(0)) : mesh;
        }

        private Mesh pictured(Mesh mesh, JsonObject primitive) {
            if (!primitive.containsKey("material")) {
                return mesh;
            }
            JsonObject surface = document.getJsonArray("materials")
                    .getJsonObject(primitive.getInt("material"))
                    .getJsonObject("pbrMetallicRoughness");
            if (surface == null || !surface.containsKey("baseColorTexture")) {
                return mesh;
            }
            JsonObject texture = document.getJsonArray("textures")
                    .getJsonObject(surface.getJsonObject("baseColorTexture").getInt("index"));
            JsonObject image = document.getJsonArray("images").getJsonObject(texture.getInt("source"));
            if (!image.containsKey("bufferView")) {
                throw unreadable("a picture outside the file");
            }
            ByteBuffer view = view(image.getInt("bufferView"));
            byte[] bytes = new byte[view.limit()];
            view.get(0, bytes);
            return mesh.withTexture(Texture.of(bytes));
        }

        private ByteBuffer view(int number) {
            JsonObject view = document.getJsonArray("bufferViews").getJsonObject(number);
            JsonObject buffer = document.getJsonArray("buffers").getJsonObject(view.getInt("buffer"));
            if (view.getInt("buffer") != 0 || buffer.containsKey("uri")) {
                throw unreadable("data outside the file");
            }
            return binary.slice(view.getInt("byteOffset", 0), view.getInt("byteLength"))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        private Accessor accessor(int number) {
            JsonObject accessor = document.getJsonArray("accessors").getJsonObject(number);
            if (accessor.containsKey("sparse") || !accessor.containsKey("bufferView")) {
                throw unreadable("sparse or compressed data");
            }
            int component = accessor.getInt("componentType");
            Integer components = COMPONENTS.get(accessor.getString("type"));
            int size = component == FLOAT || component == UINT32
                    ? 4
                    : component == UINT16 ? 2 : component == UINT8 ? 1 : 0;
            if (components == null || size == 0) {
                throw unreadable("data of an unexpected type");
            }
            JsonObject view = document.getJsonArray("bufferViews").getJsonObject(accessor.getInt("bufferView"));
            int stride = view.getInt("byteStride", size * components);
            ByteBuffer bytes = view(accessor.getInt("bufferView"));
            int offset = accessor.getInt("byteOffset", 0);
            int count = accessor.getInt("count");
            if (count < 1
                    || offset < 0
                    || stride < size * components
                    || offset + (count - 1L) * stride + (long) size * components > bytes.limit()) {
                throw unreadable("%d values in %d bytes".formatted(count, bytes.limit()));
            }
            return new Accessor(bytes, offset, stride, count, component, size, components);
        }
    }

    private record Accessor(
            ByteBuffer bytes, int offset, int stride, int count, int component, int size, int components) {

        /** Itself, if it has at least so many components and so many values. */
        Accessor require(int atLeast, int values) {
            if (components < atLeast || count < values) {
                throw unreadable(
                        "%d values of %d components, expected %d of %d".formatted(count, components, values, atLeast));
            }
            return this;
        }

        /** A number, of whole types the part of their highest. */
        double value(int number, int place) {
            if (component == FLOAT) {
                return bytes.getFloat(offset + number * stride + place * size);
            }
            return integer(offset + number * stride + place * size, component) / (Math.pow(2, 8 * size) - 1);
        }

        long integer(int number) {
            return integer(offset + number * stride, component);
        }

        private long integer(int at, int type) {
            return switch (type) {
                case UINT8 -> bytes.get(at) & 0xFF;
                case UINT16 -> bytes.getShort(at) & 0xFFFF;
                case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
                default -> throw unreadable("corners that are no whole numbers");
            };
        }
    }

    private static byte coded(double light) {
        double coded = light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
        return (byte) Math.round(255 * Math.max(0, Math.min(1, coded)));
    }
}
