package dev.osprey;

import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A photograph, and what can be made of it. */
public record Photograph(BufferedImage pixels) {

    private static final Path SHARED = Path.of("../shared/data/images");

    /** One open hand: 640 × 480. Ends the test where it is absent. */
    public static Photograph openHand() {
        return shared("hand-open.png");
    }

    /** Two people with their fists in front of them. Ends the test where it is absent. */
    public static Photograph fists() {
        return shared("two-people-fists.jpg");
    }

    /** One of the shared images. Ends the test where it is absent. */
    public static Photograph shared(String name) {
        Path file = Requires.existing("the photograph", SHARED.resolve(name));
        try (Picture picture =
                Picture.decode(ByteBuffer.wrap(Files.readAllBytes(file)), new ImageLimits(1 << 22, 2_000, 2_000))) {
            byte[] rgb = picture.rgb();
            BufferedImage pixels = blank(picture.width(), picture.height());
            for (int i = 0; i < rgb.length / 3; i++) {
                int value = (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF);
                pixels.setRGB(i % picture.width(), i / picture.width(), value);
            }
            return new Photograph(pixels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage blank(int width, int height) {
        return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    }

    public int width() {
        return pixels.getWidth();
    }

    public int height() {
        return pixels.getHeight();
    }

    /** The same, for the tested code; the caller's to close. */
    public Picture picture() {
        byte[] rgb = new byte[3 * width() * height()];
        for (int i = 0; i < width() * height(); i++) {
            int value = pixels.getRGB(i % width(), i / width());
            rgb[3 * i] = (byte) (value >> 16);
            rgb[3 * i + 1] = (byte) (value >> 8);
            rgb[3 * i + 2] = (byte) value;
        }
        return Picture.ofRgb(width(), height(), rgb);
    }

    /** As a file without loss. */
    public void write(Path png) {
        try {
            ImageIO.write(pixels, "png", png.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Photograph part(int x, int y, int width, int height) {
        return drawn(width, height, AffineTransform.getTranslateInstance(-x, -y));
    }

    public Photograph mirrored() {
        return drawn(width(), height(), new AffineTransform(-1, 0, 0, 1, width(), 0));
    }

    /** A quarter turn clockwise, without loss. */
    public Photograph turned() {
        int newWidth = height();
        int newHeight = width();
        return drawn(newWidth, newHeight, new AffineTransform(0, 1, -1, 0, newWidth, 0));
    }

    /** About the middle, clockwise; the corners are lost. */
    public Photograph turned(double degrees) {
        return drawn(
                width(),
                height(),
                AffineTransform.getRotateInstance(Math.toRadians(degrees), width() / 2.0, height() / 2.0));
    }

    /** Every side multiplied, with what gets free black. */
    public Photograph scaled(double factor) {
        return drawn(
                (int) Math.round(width() * factor),
                (int) Math.round(height() * factor),
                AffineTransform.getScaleInstance(factor, factor));
    }

    /** Every channel multiplied. */
    public Photograph darker(double factor) {
        BufferedImage dark = blank(width(), height());
        for (int y = 0; y < height(); y++) {
            for (int x = 0; x < width(); x++) {
                int value = pixels.getRGB(x, y);
                int red = (int) ((value >> 16 & 0xFF) * factor);
                int green = (int) ((value >> 8 & 0xFF) * factor);
                int blue = (int) ((value & 0xFF) * factor);
                dark.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return new Photograph(dark);
    }

    /** A further photograph to the right of this one, at its upper edge. */
    public Photograph beside(Photograph other) {
        BufferedImage both = blank(width() + other.width(), Math.max(height(), other.height()));
        Graphics2D graphics = both.createGraphics();
        graphics.drawImage(pixels, 0, 0, null);
        graphics.drawImage(other.pixels, width(), 0, null);
        graphics.dispose();
        return new Photograph(both);
    }

    private Photograph drawn(int width, int height, AffineTransform transform) {
        BufferedImage target = blank(width, height);
        Graphics2D graphics = target.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(pixels, transform, null);
        graphics.dispose();
        return new Photograph(target);
    }
}
