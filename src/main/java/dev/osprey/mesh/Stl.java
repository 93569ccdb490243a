package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** STL files: the binary kind written and read, the text kind read. They hold the shape alone, each corner for itself. */
public final class Stl {

    private static final int HEADER = 80;
    private static final int PREFIX = HEADER + Integer.BYTES;
    private static final int RECORD = 50;

    private Stl() {}

    /** Writes 84 + 50 · triangles bytes; the channel stays open. */
    public static void write(Mesh mesh, WritableByteChannel channel) throws IOException {
        Sink sink = new Sink(channel);
        byte[] header = new byte[HEADER];
        byte[] title = "Binary STL, millimetres".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(title, 0, header, 0, title.length);
        sink.bytes(header);
        sink.ints(new int[] {mesh.triangles()});
        int triangles = mesh.triangles();
        Normals normals = new Normals();
        for (int from = 0; from < triangles; ) {
            int to = from + Math.min(Math.min(triangles - from, Normals.MOST), sink.roomFor(RECORD));
            put(mesh, from, to, normals, sink.room(RECORD));
            from = to;
        }
        sink.flush();
    }

    /** Of some triangles, and one over their lengths: made one after the other, roots and divisions take most of the time. */
    private static final class Normals {

        static final int MOST = 512;

        private final double[] x = new double[MOST];
        private final double[] y = new double[MOST];
        private final double[] z = new double[MOST];
        private final double[] scales = new double[MOST];

        void measure(int count) {
            for (int i = 0; i < count; i++) {
                scales[i] = 1 / Math.sqrt(x[i] * x[i] + y[i] * y[i] + z[i] * z[i]);
            }
        }
    }

    private static void put(Mesh mesh, int from, int to, Normals normals, ByteBuffer buffer) {
        float[] positions = mesh.positions();
        int[] corners = mesh.corners();
        double[] x = normals.x;
        double[] y = normals.y;
        double[] z = normals.z;
        double[] scales = normals.scales;
        int start = buffer.position();
        for (int triangle = from, at = start; triangle < to; triangle++, at += RECORD) {
            int a = 3 * corners[3 * triangle];
            int b = 3 * corners[3 * triangle + 1];
            int c = 3 * corners[3 * triangle + 2];
            float ax = positions[a];
            float ay = positions[a + 1];
            float az = positions[a + 2];
            float bx = positions[b];
            float by = positions[b + 1];
            float bz = positions[b + 2];
            float cx = positions[c];
            float cy = positions[c + 1];
            float cz = positions[c + 2];
            double ux = (double) bx - ax;
            double uy = (double) by - ay;
            double uz = (double) bz - az;
            double vx = (double) cx - ax;
            double vy = (double) cy - ay;
            double vz = (double) cz - az;
            x[triangle - from] = uy * vz - uz * vy;
            y[triangle - from] = uz * vx - ux * vz;
            z[triangle - from] = ux * vy - uy * vx;
            buffer.putFloat(at + 12, ax);
            buffer.putFloat(at + 16, ay);
            buffer.putFloat(at + 20, az);
            buffer.putFloat(at + 24, bx);
            buffer.putFloat(at + 28, by);
            buffer.putFloat(at + 32, bz);
            buffer.putFloat(at + 36, cx);
            buffer.putFloat(at + 40, cy);
            buffer.putFloat(at + 44, cz);
            buffer.putShort(at + 48, (short) 0);
        }
        normals.measure(to - from);
        for (int i = 0, at = start; i < to - from; i++, at += RECORD) {
            double scale = scales[i];
            if (scale == Double.POSITIVE_INFINITY) {
                buffer.putFloat(at, 0).putFloat(at + 4, 0).putFloat(at + 8, 1);
            } else {
                buffer.putFloat(at, (float) (x[i] * scale));
                buffer.putFloat(at + 4, (float) (y[i] * scale));
                buffer.putFloat(at + 8, (float) (z[i] * scale));
            }
        }
        buffer.position(start + RECORD * (to - from));
    }

    /**
     * Reads either kind; corners at the same place become one vertex. Binary is what has just the length that its count
     * asks for, whatever it begins with.
     *
     * @param file from its position to its limit; both are left as they are
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE}, {@link ErrorCode#MESH_TOO_LARGE}
     */
    public static Mesh read(ByteBuffer file, int mostTriangles) {
        ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        long triangles = bytes.limit() < PREFIX ? -1 : Integer.toUnsignedLong(bytes.getInt(HEADER));
        if (triangles >= 0 && PREFIX + RECORD * triangles == bytes.limit()) {
            return readBinary(bytes, (int) triangles, mostTriangles);
        }
        TextScan words = new TextScan(bytes);
        if (words.next() && words.is("solid")) {
            return readText(words, mostTriangles);
        }
        throw new OspreyException(
                ErrorCode.MESH_UNREADABLE,
                triangles < 0
                        ? "%d bytes, too few for STL".formatted(bytes.limit())
                        : "STL of %d triangles in %d bytes, expected %d"
                                .formatted(triangles, bytes.limit(), PREFIX + RECORD * triangles));
    }

    private static Mesh readBinary(ByteBuffer bytes, int triangles, int mostTriangles) {
        if (triangles > mostTriangles) {
            throw MeshBuilder.tooLarge(mostTriangles);
        }
        MeshBuilder mesh = new MeshBuilder(mostTriangles);
        int[] numbers = new int[3];
        for (int at = PREFIX; at < bytes.limit(); at += RECORD) {
            for (int k = 0; k < 3; k++) {
                int corner = at + 12 + 12 * k;
                numbers[k] = mesh.sharedVertex(
                        bytes.getFloat(corner), bytes.getFloat(corner + 4), bytes.getFloat(corner + 8));
            }
            mesh.triangle(numbers[0], numbers[1], numbers[2]);
        }
        return mesh.build();
    }

    /** From behind the first {@code solid}: only {@code vertex} and what ends a facet matters, names may say anything. */
    private static Mesh readText(TextScan words, int mostTriangles) {
        MeshBuilder mesh = new MeshBuilder(mostTriangles);
        int[] numbers = new int[3];
        int corner = 0;
        boolean ended = false;
        words.skipLine();
        while (words.next()) {
            if (words.is("vertex")) {
                if (corner == 3) {
                    throw words.unreadable("a facet of more than 3 vertices");
                }
                numbers[corner++] = mesh.sharedVertex(words.number(), words.number(), words.number());
            } else if (words.is("endfacet")) {
                if (corner != 3) {
                    throw words.unreadable("a facet of %d vertices".formatted(corner));
                }
                mesh.triangle(numbers[0], numbers[1], numbers[2]);
                corner = 0;
            } else if (words.is("solid") || words.is("endsolid")) {
                ended = words.is("endsolid");
                words.skipLine();
            } else if (words.is("facet")) {
                words.skipLine();
            } else if (!words.is("outer") && !words.is("loop") && !words.is("endloop")) {
                throw words.unreadable("'%s'".formatted(words.shown()));
            }
        }
        if (!ended || corner != 0) {
            throw words.unreadable("an end before endsolid");
        }
        return mesh.build();
    }
}
