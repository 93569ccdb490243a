package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Wavefront OBJ files, with their MTL file where there is a texture. */
public final class Obj {

    private Obj() {}

    /**
     * Writes vertices (with colours behind them, as most programs read them), texture coordinates and triangles.
     *
     * @param name of the files without what it ends in: the material is asked for as {@code name.mtl}; letters, digits,
     *     {@code .}, {@code _} and {@code -}
     */
    public static void write(Mesh mesh, String name, WritableByteChannel channel) throws IOException {
        requireFileName(name);
        Sink sink = new Sink(channel);
        boolean textured = mesh.textureCoordinates().isPresent();
        if (mesh.texture().isPresent()) {
            sink.text("mtllib " + name + ".mtl\n");
        }
        float[] positions = mesh.positions();
        byte[] colours = mesh.colours().orElse(new byte[0]);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < positions.length; i += 3) {
            line.setLength(0);
            line.append("v ").append(positions[i]);
            line.append(' ').append(positions[i + 1]);
            line.append(' ').append(positions[i + 2]);
            for (int k = i; k < i + 3 && colours.length > 0; k++) {
                line.append(' ').append((colours[k] & 0xFF) / 255f);
            }
            sink.text(line.append('\n').toString());
        }
        float[] coordinates = mesh.textureCoordinates().orElse(new float[0]);
        for (int i = 0; i < coordinates.length; i += 2) {
            // From the lower left corner here, from the upper left one in the mesh.
            sink.text("vt " + coordinates[i] + ' ' + (1 - coordinates[i + 1]) + '\n');
        }
        if (mesh.texture().isPresent()) {
            sink.text("usemtl picture\n");
        }
        int[] corners = mesh.corners();
        for (int i = 0; i < corners.length; i += 3) {
            line.setLength(0);
            line.append('f');
            for (int k = i; k < i + 3; k++) {
                line.append(' ').append(corners[k] + 1);
                if (textured) {
                    line.append('/').append(corners[k] + 1);
                }
            }
            sink.text(line.append('\n').toString());
        }
        sink.flush();
    }

    /** Writes {@code name.mtl}, which names the texture {@code name} with its extension. */
    public static void writeMaterial(Texture texture, String name, WritableByteChannel channel) throws IOException {
        requireFileName(name);
        Sink sink = new Sink(channel);
        sink.text("newmtl picture\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd %s.%s\n"
                .formatted(name, texture.extension()));
        sink.flush();
    }

    private static void requireFileName(String name) {
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("No file name: " + name);
        }
    }

    /**
     * Reads vertices, their colours, texture coordinates and faces; polygons become fans of triangles. Groups, materials,
     * normals and everything else is passed over. A vertex with two texture coordinates becomes two.
     *
     * @param file from its position to its limit; both are left as they are
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE}, {@link ErrorCode#MESH_TOO_LARGE}
     */
    public static Mesh read(ByteBuffer file, int mostTriangles) {
        Reading reading = new Reading(new TextScan(file.slice()), mostTriangles);
        reading.read();
        return reading.mesh();
    }

    /** A file half read. */
    private static final class Reading {

        private final TextScan words;
        private final int mostTriangles;
        private final MeshBuilder mesh;
        private float[] places = new float[6 * 64];
        private int placeCount;
        private boolean coloured;
        private float[] coordinates = new float[2 * 64];
        private int coordinateCount;
        /** A vertex of the mesh by its place and its texture coordinate in the file. */
        private final Map<Long, Integer> known = new HashMap<>();

        private float[] meshCoordinates = new float[2 * 64];
        private byte[] meshColours = new byte[3 * 64];
        private boolean textured = true;

        Reading(TextScan words, int mostTriangles) {
            this.words = words;
            this.mostTriangles = mostTriangles;
            this.mesh = new MeshBuilder(mostTriangles);
        }

        void read() {
            while (words.next()) {
                if (words.is("v")) {
                    place();
                } else if (words.is("vt")) {
                    coordinate();
                } else if (words.is("f")) {
                    face();
                }
                words.skipLine();
            }
            if (placeCount == 0) {
                throw new OspreyException(ErrorCode.MESH_UNREADABLE, "OBJ without a vertex");
            }
        }

        Mesh mesh() {
            Mesh read = mesh.build();
            if (textured && coordinateCount > 0 && read.vertices() > 0) {
                read = read.withTextureCoordinates(Arrays.copyOf(meshCoordinates, 2 * read.vertices()));
            }
            return coloured ? read.withColours(Arrays.copyOf(meshColours, 3 * read.vertices())) : read;
        }

        private void place() {
            requireRoom(placeCount);
            if (6 * (placeCount + 1) > places.length) {
                places = Arrays.copyOf(places, 2 * places.length);
            }
            int at = 6 * placeCount++;
            for (int k = 0; k < 3; k++) {
                places[at + k] = words.number();
            }
            Arrays.fill(places, at + 3, at + 6, 1f);
            float[] behind = new float[3];
            int count = 0;
            while (count < 3 && words.nextInLine()) {
                behind[count++] = words.parsed();
            }
            // A single number is a weight, three are a colour.
            if (count == 3) {
                System.arraycopy(behind, 0, places, at + 3, 3);
                coloured = true;
            }
        }

        private void coordinate() {
            requireRoom(coordinateCount);
            if (2 * (coordinateCount + 1) > coordinates.length) {
                coordinates = Arrays.copyOf(coordinates, 2 * coordinates.length);
            }
            int at = 2 * coordinateCount++;
            coordinates[at] = words.number();
            coordinates[at + 1] = 1 - words.number();
        }

        private void requireRoom(int count) {
            if (count / 3 >= mostTriangles) {
                throw MeshBuilder.tooLarge(mostTriangles);
            }
        }

        private void face() {
            int first = -1;
            int previous = -1;
            int count = 0;
            while (words.nextInLine()) {
                int corner = corner(words.word());
                if (count == 0) {
                    first = corner;
                } else if (count > 1) {
                    mesh.triangle(first, previous, corner);
                }
                previous = corner;
                count++;
            }
            if (count < 3) {
                throw words.unreadable("a face of %d corners".formatted(count));
            }
        }

        /** From {@code place}, {@code place/coordinate}, {@code place//normal} or all three. */
        private int corner(String word) {
            int slash = word.indexOf('/');
            int place = index(slash < 0 ? word : word.substring(0, slash), placeCount);
            int coordinate = -1;
            if (slash >= 0) {
                int second = word.indexOf('/', slash + 1);
                String text = second < 0 ? word.substring(slash + 1) : word.substring(slash + 1, second);
                coordinate = text.isEmpty() ? -1 : index(text, coordinateCount);
            }
            textured &= coordinate >= 0;
            long key = (long) place << 32 | coordinate + 1L;
            Integer vertex = known.get(key);
            if (vertex == null) {
                vertex = added(place, coordinate);
                known.put(key, vertex);
            }
            return vertex;
        }

        private int added(int place, int coordinate) {
            int at = 6 * place;
            int vertex = mesh.vertex(places[at], places[at + 1], places[at + 2]);
            if (2 * (vertex + 1) > meshCoordinates.length) {
                meshCoordinates = Arrays.copyOf(meshCoordinates, 2 * meshCoordinates.length);
                meshColours = Arrays.copyOf(meshColours, 2 * meshColours.length);
            }
            if (coordinate >= 0) {
                meshCoordinates[2 * vertex] = coordinates[2 * coordinate];
                meshCoordinates[2 * vertex + 1] = coordinates[2 * coordinate + 1];
            }
            for (int k = 0; k < 3; k++) {
                meshColours[3 * vertex + k] = (byte) Math.round(255 * Math.max(0, Math.min(1, places[at + 3 + k])));
            }
            return vertex;
        }

        /** Counted from 1, or from the last one backwards as -1. */
        private int index(String text, int count) {
            try {
                int number = Integer.parseInt(text);
                long index = number < 0 ? (long) count + number : number - 1L;
                if (index >= 0 && index < count) {
                    return (int) index;
                }
            } catch (NumberFormatException notANumber) {
                throw words.unreadable("'%s' for a corner".formatted(words.shown()));
            }
            throw words.unreadable("corner '%s' of %d".formatted(words.shown(), count));
        }
    }
}
