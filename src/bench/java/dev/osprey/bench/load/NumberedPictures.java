package dev.osprey.bench.load;

import dev.osprey.imaging.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * One picture with a number in its upper left corner, so that an answer's pixels tell which frame it shows, whatever the
 * message around them says.
 *
 * <p>The number is a row of squares of 16 pixels, black or white: first a white one and a black one, to compare with, then eight
 * bits, the highest first. Drawing a class over them at any opacity below 0.9, and JPEG, leave them readable.
 */
final class NumberedPictures {

    static final int COUNT = 256;

    private static final int BITS = 8;
    private static final int SQUARE = 16;
    private static final int QUALITY = 80;

    /** A decoder that leaves out seven of eight pixels reads little more than the means of the JPEG's blocks. */
    private static final int REDUCTION = 8;

    private static final int LEAST_CONTRAST = 25;

    private final byte[][] jpegs = new byte[COUNT][];

    /** @param picture anything that Java reads, at least 160 × 16 pixels; sent at its own size */
    NumberedPictures(Path picture) throws IOException {
        BufferedImage image = ImageIO.read(picture.toFile());
        if (image == null || image.getWidth() < (BITS + 2) * SQUARE || image.getHeight() < SQUARE) {
            throw new IOException(
                    picture + " is no picture of at least " + (BITS + 2) * SQUARE + " × " + SQUARE + " pixels");
        }
        int width = image.getWidth();
        byte[] rgb = new byte[3 * width * image.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int pixel = image.getRGB(i % width, i / width);
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        for (int number = 0; number < COUNT; number++) {
            for (int square = 0; square < BITS + 2; square++) {
                byte level = (byte) (isWhite(number, square) ? 255 : 0);
                for (int y = 0; y < SQUARE; y++) {
                    int first = 3 * (y * width + square * SQUARE);
                    Arrays.fill(rgb, first, first + 3 * SQUARE, level);
                }
            }
            try (Picture numbered = Picture.ofRgb(width, image.getHeight(), rgb)) {
                jpegs[number] = numbered.jpeg(QUALITY);
            }
        }
    }

    private static boolean isWhite(int number, int square) {
        return square < 2 ? square == 0 : (number >> (BITS + 1 - square) & 1) == 1;
    }

    /** @param number its lowest eight bits count */
    byte[] jpeg(long number) {
        return jpegs[(int) (number % COUNT)];
    }

    /** The number a picture shows, 0 to 255, modulo {@link #COUNT}; nothing where the squares cannot be told apart. */
    static OptionalInt numberIn(byte[] jpeg) {
        try (BytePointer bytes = new BytePointer(jpeg);
                Mat source = new Mat(1, jpeg.length, opencv_core.CV_8UC1, bytes);
                Mat small = opencv_imgcodecs.imdecode(source, opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8)) {
            if (small.empty() || small.cols() < (BITS + 2) * SQUARE / REDUCTION) {
                return OptionalInt.empty();
            }
            int white = level(small, 0);
            int black = level(small, 1);
            if (white - black < LEAST_CONTRAST) {
                return OptionalInt.empty();
            }
            int number = 0;
            for (int bit = 0; bit < BITS; bit++) {
                number = number << 1 | (2 * level(small, bit + 2) > white + black ? 1 : 0);
            }
            return OptionalInt.of(number);
        }
    }

    /** The mean of a square's four pixels. */
    private static int level(Mat small, int square) {
        int sum = 0;
        int side = SQUARE / REDUCTION;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                sum += Byte.toUnsignedInt(small.ptr(y, square * side + x).get());
            }
        }
        return sum / (side * side);
    }
}
