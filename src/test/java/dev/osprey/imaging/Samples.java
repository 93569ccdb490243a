package dev.osprey.imaging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Encoded and generated pictures for the tests. */
final class Samples {

    static final ImageLimits LIMITS = new ImageLimits(1 << 20, 512, 512);

    private Samples() {}

    /** Smooth, so that lossy formats stay close to it; every channel differs, and so do the four corners. */
    static byte[] gradient(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (20 + 200 * x / width);
                rgb[at++] = (byte) (230 - 200 * y / height);
                rgb[at++] = (byte) (60 + 80 * (x + y) / (width + height));
            }
        }
        return rgb;
    }

    static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    /** All three channels the same. */
    static Picture grey(int[][] rows) {
        byte[] rgb = new byte[rows.length * rows[0].length * 3];
        int at = 0;
        for (int[] row : rows) {
            for (int level : row) {
                Arrays.fill(rgb, at, at + 3, (byte) level);
                at += 3;
            }
        }
        return Picture.ofRgb(rows[0].length, rows.length, rgb);
    }

    static byte[] encoded(String extension, int width, int height, int... settings) {
        try (Picture picture = Picture.ofRgb(width, height, gradient(width, height))) {
            return encoded(extension, picture.pixels(), settings);
        }
    }

    static byte[] encoded(String extension, Mat mat, int... settings) {
        try (BytePointer target = new BytePointer();
                IntPointer pairs = new IntPointer(settings)) {
            if (!opencv_imgcodecs.imencode(extension, mat, target, pairs)) {
                throw new AssertionError("no encoder for " + extension);
            }
            byte[] encoded = new byte[(int) target.limit()];
            target.get(encoded);
            return encoded;
        }
    }

    /** Pixels of any OpenCV type, 8 bits each. */
    static Mat mat(int width, int height, int type, byte[] pixels) {
        Mat mat = new Mat(height, width, type);
        try (BytePointer data = mat.data()) {
            data.put(pixels);
        }
        return mat;
    }

    static Mat wideMat(int width, int height, short[] bgr) {
        Mat mat = new Mat(height, width, opencv_core.CV_16UC3);
        ByteBuffer bytes = mat.data().capacity(bgr.length * 2L).asByteBuffer();
        bytes.order(ByteOrder.nativeOrder()).asShortBuffer().put(bgr);
        return mat;
    }

    /** The JPEG with an APP1 segment that gives an EXIF orientation, as cameras write it. */
    static byte[] turned(byte[] jpeg, int orientation) {
        byte[] segment = {
            (byte) 0xFF,
            (byte) 0xE1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        return spliced(jpeg, 2, segment);
    }

    static byte[] spliced(byte[] bytes, int at, byte[] inserted) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(bytes, 0, at);
        whole.writeBytes(inserted);
        whole.write(bytes, at, bytes.length - at);
        return whole.toByteArray();
    }

    static Mask mask(int[][] rows) {
        ByteBuffer classes = ByteBuffer.allocateDirect(rows.length * rows[0].length);
        for (int[] row : rows) {
            for (int id : row) {
                classes.put((byte) id);
            }
        }
        return new Mask(classes.flip(), rows[0].length, rows.length);
    }

    static int[][] rows(Mask mask) {
        int[][] rows = new int[mask.height()][mask.width()];
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                rows[y][x] = mask.classes().get(y * mask.width() + x) & 0xFF;
            }
        }
        return rows;
    }

    static double meanDifference(byte[] one, byte[] other) {
        long sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
        }
        return (double) sum / one.length;
    }
}
