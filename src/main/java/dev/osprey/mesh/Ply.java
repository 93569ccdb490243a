package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PLY files in the binary little-endian format. */
public final class Ply {

    private static final int LONGEST_HEADER = 1 << 16;

    private Ply() {}

    /** Writes float positions, uchar colours and float texture coordinates where there are some, and triangles. */
    public static void write(Mesh mesh, WritableByteChannel channel) throws IOException {
        Sink sink = new Sink(channel);
        byte[] colours = mesh.colours().orElse(new byte[0]);
        float[] coordinates = mesh.textureCoordinates().orElse(new float[0]);
        sink.text("ply\nformat binary_little_endian 1.0\ncomment millimetres\n");
        sink.text("element vertex " + mesh.vertices() + "\nproperty float x\nproperty float y\nproperty float z\n");
        if (colours.length > 0) {
            sink.text("property uchar red\nproperty uchar green\nproperty uchar blue\n");
        }
        if (coordinates.length > 0) {
            sink.text("property float s\nproperty float t\n");
        }
        sink.text("element face " + mesh.triangles() + "\nproperty list uchar int vertex_indices\nend_header\n");
        float[] positions = mesh.positions();
        for (int vertex = 0; vertex < mesh.vertices(); vertex++) {
            ByteBuffer buffer = sink.room(23);
            for (int k = 3 * vertex; k < 3 * vertex + 3; k++) {
                buffer.putFloat(positions[k]);
            }
            if (colours.length > 0) {
                buffer.put(colours, 3 * vertex, 3);
            }
            if (coordinates.length > 0) {
                // From the lower left corner here, from the upper left one in the mesh.
                buffer.putFloat(coordinates[2 * vertex]).putFloat(1 - coordinates[2 * vertex + 1]);
            }
        }
        int[] corners = mesh.corners();
        for (int i = 0; i < corners.length; i += 3) {
            sink.room(13)
                    .put((byte) 3)
                    .putInt(corners[i])
                    .putInt(corners[i + 1])
                    .putInt(corners[i + 2]);
        }
        sink.flush();
    }

    /**
     * Reads positions, colours of bytes and texture coordinates named s and t, and faces, whose polygons become fans of
     * triangles; other properties are passed over.
     *
     * @param file from its position to its limit; both are left as they are
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE}, {@link ErrorCode#MESH_TOO_LARGE}
     */
    public static Mesh read(ByteBuffer file, int mostTriangles) {
        ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<Element> elements = header(bytes);
        if (elements.size() != 2
                || !elements.get(0).name.equals("vertex")
                || !elements.get(1).name.equals("face")) {
            throw unreadable("elements other than vertex and face");
        }
        Element vertices = elements.get(0);
        Element faces = elements.get(1);
        if (vertices.count / 3 > mostTriangles || faces.count > mostTriangles) {
            throw MeshBuilder.tooLarge(mostTriangles);
        }
        int stride = 0;
        for (Property property : vertices.properties) {
            if (property.counter != null) {
                throw unreadable("a vertex with a list");
            }
            stride += property.kind.bytes;
        }
        if (vertices.count * stride > bytes.remaining()) {
            throw unreadable("%d vertices of %d bytes in %d".formatted(vertices.count, stride, bytes.remaining()));
        }
        MeshBuilder mesh = new MeshBuilder(mostTriangles);
        int count = (int) vertices.count;
        float[] coordinates = new float[vertices.has("s") && vertices.has("t") ? 2 * count : 0];
        byte[] colours = new byte[vertices.has("red") && vertices.has("green") && vertices.has("blue") ? 3 * count : 0];
        if (!vertices.has("x") || !vertices.has("y") || !vertices.has("z")) {
            throw unreadable("vertices without x, y and z");
        }
        for (int vertex = 0; vertex < count; vertex++) {
            double x = 0;
            double y = 0;
            double z = 0;
            for (Property property : vertices.properties) {
                double value = property.kind.next(bytes);
                switch (property.name) {
                    case "x" -> x = value;
                    case "y" -> y = value;
                    case "z" -> z = value;
                    case "red" -> put(colours, 3 * vertex, value);
                    case "green" -> put(colours, 3 * vertex + 1, value);
                    case "blue" -> put(colours, 3 * vertex + 2, value);
                    case "s" -> put(coordinates, 2 * vertex, value);
                    case "t" -> put(coordinates, 2 * vertex + 1, 1 - (float) value);
                    default -> {}
                }
            }
            mesh.vertex((float) x, (float) y, (float) z);
        }
        for (long face = 0; face < faces.count; face++) {
            face(bytes, faces, mesh);
        }
        Mesh read = mesh.build();
        if (coordinates.length > 0) {
            read = read.withTextureCoordinates(coordinates);
        }
        return colours.length > 0 ? read.withColours(colours) : read;
    }

    private static void put(byte[] values, int at, double value) {
        if (values.length > 0) {
            values[at] = (byte) (int) value;
        }
    }

    private static void put(float[] values, int at, double value) {
        if (values.length > 0) {
            values[at] = (float) value;
        }
    }

    private static void face(ByteBuffer bytes, Element faces, MeshBuilder mesh) {
        for (Property property : faces.properties) {
            if (property.counter == null) {
                property.kind.next(bytes);
                continue;
            }
            double size = property.counter.next(bytes);
            if (!(size >= 0 && size * property.kind.bytes <= bytes.remaining())) {
                throw unreadable("a list of %.0f in %d bytes".formatted(size, bytes.remaining()));
            }
            boolean corners = property.name.equals("vertex_indices") || property.name.equals("vertex_index");
            if (corners && size < 3) {
                throw unreadable("a face of %.0f corners".formatted(size));
            }
            int first = 0;
            int previous = 0;
            for (int k = 0; k < size; k++) {
                int corner = (int) property.kind.next(bytes);
                if (corners && k > 1) {
                    mesh.triangle(first, previous, corner);
                }
                first = k == 0 ? corner : first;
                previous = corner;
            }
        }
    }

    private static List<Element> header(ByteBuffer bytes) {
        List<Element> elements = new ArrayList<>();
        if (!line(bytes).equals("ply")) {
            throw unreadable("another first line than ply");
        }
        boolean littleEndian = false;
        for (String line = line(bytes); !line.equals("end_header"); line = line(bytes)) {
            String[] words = line.trim().split(" +", -1);
            switch (words[0]) {
                case "comment", "obj_info" -> {}
                case "format" -> littleEndian = words.length > 1 && words[1].equals("binary_little_endian");
                case "element" -> elements.add(element(words));
                case "property" -> {
                    if (elements.isEmpty()) {
                        throw unreadable("a property without its element");
                    }
                    elements.get(elements.size() - 1).properties.add(property(words));
                }
                default -> throw unreadable("an unknown line in its header");
            }
        }
        if (!littleEndian) {
            throw unreadable("another format than binary_little_endian");
        }
        return elements;
    }

    /** The header's next line, with the buffer behind it. */
    private static String line(ByteBuffer bytes) {
        int from = bytes.position();
        while (bytes.hasRemaining() && bytes.position() < LONGEST_HEADER) {
            if (bytes.get() == '\n') {
                byte[] line = new byte[bytes.position() - 1 - from];
                bytes.get(from, line);
                return new String(line, StandardCharsets.ISO_8859_1).stripTrailing();
            }
        }
        throw unreadable("a header without its end");
    }

    private static Element element(String[] words) {
        try {
            if (words.length == 3) {
                long count = Integer.parseInt(words[2]);
                if (count >= 0) {
                    return new Element(words[1], count, new ArrayList<>());
                }
            }
        } catch (NumberFormatException notANumber) {
            throw unreadable("an element without its count");
        }
        throw unreadable("an element without its count");
    }

    private static Property property(String[] words) {
        if (words.length == 3) {
            return new Property(words[2], Kind.of(words[1]), null);
        }
        if (words.length == 5 && words[1].equals("list")) {
            return new Property(words[4], Kind.of(words[3]), Kind.of(words[2]));
        }
        throw unreadable("a property without type and name");
    }

    private static OspreyException unreadable(String found) {
        return new OspreyException(ErrorCode.MESH_UNREADABLE, "PLY has " + found);
    }

    private record Element(String name, long count, List<Property> properties) {

        boolean has(String property) {
            return properties.stream().anyMatch(each -> each.name.equals(property));
        }
    }

    /** @param counter the type of a list's length, where it is a list */
    private record Property(
            String name, Kind kind, @Nullable Kind counter) {}

    private enum Kind {
        INT8(1),
        UINT8(1),
        INT16(2),
        UINT16(2),
        INT32(4),
        UINT32(4),
        FLOAT32(4),
        FLOAT64(8);

        private static final Map<String, Kind> OLD_NAMES = Map.of(
                "char", INT8, "uchar", UINT8, "short", INT16, "ushort", UINT16, "int", INT32, "uint", UINT32, "float",
                FLOAT32, "double", FLOAT64);

        private final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }

        static Kind of(String name) {
            if (OLD_NAMES.containsKey(name)) {
                return OLD_NAMES.get(name);
            }
            for (Kind kind : values()) {
                if (kind.name().equalsIgnoreCase(name)) {
                    return kind;
                }
            }
            throw unreadable("a property of an unknown type");
        }

        double next(ByteBuffer buffer) {
            if (buffer.remaining() < bytes) {
                throw unreadable("fewer bytes than its header promises");
            }
            return switch (this) {
                case INT8 -> buffer.get();
                case UINT8 -> buffer.get() & 0xFF;
                case INT16 -> buffer.getShort();
                case UINT16 -> buffer.getShort() & 0xFFFF;
                case INT32 -> buffer.getInt();
                case UINT32 -> buffer.getInt() & 0xFFFFFFFFL;
                case FLOAT32 -> buffer.getFloat();
                case FLOAT64 -> buffer.getDouble();
            };
        }
    }
}
