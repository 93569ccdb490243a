package dev.osprey;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * What the fake camera sees: a still, 640×480, swaying by a few pixels, as the concatenated JPEGs that Chromium takes for a
 * camera and plays in a loop.
 */
final class CameraClip {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int FRAMES = 30;
    private static final int SWAY_PIXELS = 3;

    private CameraClip() {}

    static void write(Path picture, Path file) throws IOException {
        BufferedImage still = ImageIO.read(picture.toFile());
        BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = frame.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        try (OutputStream clip = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < FRAMES; i++) {
                int sway = (int) Math.round(SWAY_PIXELS * Math.sin(2 * Math.PI * i / FRAMES));
                // A little larger than the frame, so that its edges stay outside.
                graphics.drawImage(
                        still,
                        sway - SWAY_PIXELS,
                        sway - SWAY_PIXELS,
                        WIDTH + 2 * SWAY_PIXELS,
                        HEIGHT + 2 * SWAY_PIXELS,
                        null);
                ImageIO.write(frame, "jpeg", clip);
            }
        } finally {
            graphics.dispose();
        }
    }
}
