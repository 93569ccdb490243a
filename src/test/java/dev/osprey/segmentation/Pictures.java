package dev.osprey.segmentation;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/** Frames for tests, encoded and decoded without Osprey's own imaging. */
final class Pictures {

    private static final Path PORTRAIT = Path.of("src", "main", "webapp", "samples", "grace-hopper.jpg");
    private static final Path TABLE = Path.of("src", "test", "resources", "world", "table-1.jpg");

    private Pictures() {}

    /** A portrait of 512 × 600 pixels, as JPEG. */
    static byte[] portrait() throws IOException {
        return Files.readAllBytes(PORTRAIT);
    }

    /** The portrait in another size. */
    static byte[] portrait(int width, int height, String format) throws IOException {
        return scaled(portrait(), width, height, format);
    }

    /** A table with things that the shipped models know, 640 × 480 pixels, as JPEG. */
    static byte[] table() throws IOException {
        return Files.readAllBytes(TABLE);
    }

    /** The table in another size. */
    static byte[] table(int width, int height, String format) throws IOException {
        return scaled(table(), width, height, format);
    }

    private static byte[] scaled(byte[] picture, int width, int height, String format) throws IOException {
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(decoded(picture), 0, 0, width, height, null);
        graphics.dispose();
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        ImageIO.write(scaled, format, encoded);
        return encoded.toByteArray();
    }

    static BufferedImage decoded(byte[] image) throws IOException {
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(image));
        if (decoded == null) {
            throw new IOException("This is no image: " + Arrays.toString(Arrays.copyOf(image, 16)));
        }
        return decoded;
    }

    /** A PNG whose header claims a size and whose data ends after a few rows. */
    static byte[] pngThatClaims(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        header.put(new byte[] {8, 2, 0, 0, 0});
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[100_000]);
        deflater.finish();
        byte[] rows = new byte[1_000];
        int length = deflater.deflate(rows);
        deflater.end();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        png.writeBytes(chunk("IHDR", header.array()));
        png.writeBytes(chunk("IDAT", Arrays.copyOf(rows, length)));
        png.writeBytes(chunk("IEND", new byte[0]));
        return png.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).putInt(data.length);
        for (int i = 0; i < 4; i++) {
            chunk.put((byte) type.charAt(i));
        }
        chunk.put(data);
        CRC32 checksum = new CRC32();
        checksum.update(chunk.array(), 4, data.length + 4);
        return chunk.putInt((int) checksum.getValue()).array();
    }

    /** The mean difference of two pictures of one size over all pixels and channels, 0 to 255. */
    static double meanDifference(BufferedImage one, BufferedImage other) {
        long sum = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    sum += Math.abs((one.getRGB(x, y) >> shift & 0xFF) - (other.getRGB(x, y) >> shift & 0xFF));
                }
            }
        }
        return sum / (3.0 * one.getWidth() * one.getHeight());
    }

    /**
     * The share of pixels that are near one of the colours, 0 to 1.
     *
     * @param colours red, green, blue of each
     */
    static double share(BufferedImage picture, int[]... colours) {
        int count = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int rgb = picture.getRGB(x, y);
                if (Arrays.stream(colours).anyMatch(colour -> isNear(rgb, colour))) {
                    count++;
                }
            }
        }
        return count / ((double) picture.getWidth() * picture.getHeight());
    }

    /** All channels within 48 of the colour's; JPEG moves colours at edges. */
    static boolean isNear(int rgb, int[] colour) {
        return Math.abs((rgb >> 16 & 0xFF) - colour[0]) <= 48
                && Math.abs((rgb >> 8 & 0xFF) - colour[1]) <= 48
                && Math.abs((rgb & 0xFF) - colour[2]) <= 48;
    }
}
