package dev.osprey.mesh;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;

/** Bodies whose measures are known, and the bytes of their files. */
final class Shapes {

    static final int MOST = 1_000_000;

    private Shapes() {}

    /** With edges of 10 mm, from the origin; quads cut in two. */
    static Mesh cube() {
        float[] positions = new float[24];
        for (int corner = 0; corner < 8; corner++) {
            positions[3 * corner] = 10 * (corner & 1);
            positions[3 * corner + 1] = 10 * (corner >> 1 & 1);
            positions[3 * corner + 2] = 10 * (corner >> 2);
        }
        return Mesh.of(positions, new int[] {
            0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5
        });
    }

    static Mesh withoutItsLastTriangle(Mesh mesh) {
        return Mesh.of(mesh.positions(), Arrays.copyOf(mesh.corners(), mesh.corners().length - 3));
    }

    interface Field {
        double at(double x, double y, double z);
    }

    /** Where the field is above 0, sampled at whole places from 0 to {@code side - 1} around the middle. */
    static Mesh surface(int side, Field field) {
        float[] samples = new float[side * side * side];
        double middle = (side - 1) / 2.0;
        int at = 0;
        for (int z = 0; z < side; z++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    samples[at++] = (float) field.at(x - middle, y - middle, z - middle);
                }
            }
        }
        return MarchingCubes.surface(samples, side, side, side, 0, MOST);
    }

    static Mesh sphere(int side, double radius) {
        return surface(side, (x, y, z) -> radius - Math.sqrt(x * x + y * y + z * z));
    }

    static Mesh torus(int side, double ring, double tube) {
        return surface(side, (x, y, z) -> tube - Math.hypot(Math.hypot(x, y) - ring, z));
    }

    /** A hill on a round foreground with a ragged rim. */
    static Mesh relief() {
        int side = 40;
        float[] nearness = new float[side * side];
        byte[] foreground = new byte[side * side];
        for (int i = 0; i < nearness.length; i++) {
            int row = i / side;
            double distance = Math.hypot(i % side - 19.5, row - 19.5);
            nearness[i] = (float) Math.exp(-distance * distance / 100);
            foreground[i] = (byte) (distance + 3 * Math.sin(i) < 18 ? 1 : 0);
        }
        return Relief.solid(nearness, foreground, side, side, 80, 60, 20, 2, MOST);
    }

    /** Two pixels wide and high. */
    static byte[] png() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    interface Writer {
        void write(WritableByteChannel channel) throws IOException;
    }

    static byte[] written(Writer writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.write(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** float32 [triangles, 3, 3], which does not depend on the order of vertices. */
    static float[] places(Mesh mesh) {
        float[] places = new float[3 * mesh.corners().length];
        for (int i = 0; i < mesh.corners().length; i++) {
            System.arraycopy(mesh.positions(), 3 * mesh.corners()[i], places, 3 * i, 3);
        }
        return places;
    }

    /** The triangles of one and the other, nothing in common. */
    static Mesh both(Mesh one, Mesh other) {
        float[] positions = Arrays.copyOf(one.positions(), one.positions().length + other.positions().length);
        System.arraycopy(other.positions(), 0, positions, one.positions().length, other.positions().length);
        int[] corners = Arrays.copyOf(one.corners(), one.corners().length + other.corners().length);
        for (int i = 0; i < other.corners().length; i++) {
            corners[one.corners().length + i] = other.corners()[i] + one.vertices();
        }
        return Mesh.of(positions, corners);
    }

    static Mesh moved(Mesh mesh, double x, double y, double z) {
        return mesh.transformed(new double[] {1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z});
    }

    static Mesh turned(Mesh mesh, Random random) {
        return mesh.transformed(rotation(random));
    }

    /** float64 [3, 4], of a unit quaternion. */
    static double[] rotation(Random random) {
        double w = random.nextGaussian();
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        double z = random.nextGaussian();
        double s = 2 / (w * w + x * x + y * y + z * z);
        return new double[] {
            1 - s * (y * y + z * z),
            s * (x * y - z * w),
            s * (x * z + y * w),
            0,
            s * (x * y + z * w),
            1 - s * (x * x + z * z),
            s * (y * z - x * w),
            0,
            s * (x * z - y * w),
            s * (y * z + x * w),
            1 - s * (x * x + y * y),
            0
        };
    }

    /** Some triangles out, some turned, some more between any vertices. */
    static Mesh damaged(Mesh mesh, Random random) {
        int[] corners = new int[mesh.corners().length + 3 * 20];
        int count = 0;
        for (int i = 0; i < mesh.corners().length; i += 3) {
            if (random.nextDouble() >= 0.03) {
                boolean turned = random.nextDouble() < 0.1;
                corners[count++] = mesh.corners()[i];
                corners[count++] = mesh.corners()[turned ? i + 2 : i + 1];
                corners[count++] = mesh.corners()[turned ? i + 1 : i + 2];
            }
        }
        for (int i = 0; i < 60; i++) {
            corners[count++] = random.nextInt(mesh.vertices());
        }
        return Mesh.of(mesh.positions(), Arrays.copyOf(corners, count));
    }
}
