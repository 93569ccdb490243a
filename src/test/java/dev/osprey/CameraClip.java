package dev.osprey;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.Kernel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * What the fake camera sees: the sample's portrait, 640×480, swaying by a few pixels, as the concatenated JPEGs that
 * Chromium takes for a camera and plays in a loop.
 */
final class CameraClip {

    static final Path PORTRAIT = Path.of("src/main/webapp/samples/grace-hopper.jpg");

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int FRAMES = 30;
    private static final int SWAY_PIXELS = 3;

    /** As soft as a camera's picture; the grain of the print would only swell the screenshots. */
    private static final ConvolveOp SOFT = new ConvolveOp(
            new Kernel(3, 3, new float[] {0.07f, 0.13f, 0.07f, 0.13f, 0.2f, 0.13f, 0.07f, 0.13f, 0.07f}),
            ConvolveOp.EDGE_NO_OP,
            null);

    private CameraClip() {}

    static void write(Path file) throws IOException {
        BufferedImage portrait = SOFT.filter(ImageIO.read(PORTRAIT.toFile()), null);
        BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = frame.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        try (OutputStream clip = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < FRAMES; i++) {
                int sway = (int) Math.round(SWAY_PIXELS * Math.sin(2 * Math.PI * i / FRAMES));
                // A little wider than the frame, so that its edges stay outside; its upper part, from the cap to the
                // tie.
                int width = WIDTH + 2 * SWAY_PIXELS;
                int height = width * portrait.getHeight() / portrait.getWidth();
                graphics.drawImage(portrait, sway - SWAY_PIXELS, sway - SWAY_PIXELS, width, height, null);
                ImageIO.write(frame, "jpeg", clip);
            }
        } finally {
            graphics.dispose();
        }
    }
}
