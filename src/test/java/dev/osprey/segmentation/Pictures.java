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

    private static final Path SAMPLE = Path.of("src", "main", "webapp", "samples", "grace-hopper.jpg");

    private Pictures() {}

    /** A portrait of 512 × 600 pixels, as JPEG. */
    static byte[] portrait() throws IOException {
        return Files.readAllBytes(SAMPLE);
    }

    /** The portrait in another size. */
    static byte[] portrait(int width, int height, String format) throws IOException {
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(decoded(portrait()), 0, 0, width, height, null);
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

    /** The share of pixels whose channels are all within 48 of the colour, 0 to 1; JPEG moves colours at edges. */
    static double share(BufferedImage picture, int red, int green, int blue) {
        int count = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int rgb = picture.getRGB(x, y);
                if (Math.abs((rgb >> 16 & 0xFF) - red) <= 48
                        && Math.abs((rgb >> 8 & 0xFF) - green) <= 48
                        && Math.abs((rgb & 0xFF) - blue) <= 48) {
                    count++;
                }
            }
        }
        return count / ((double) picture.getWidth() * picture.getHeight());
    }
}
