package dev.osprey.bench;

import dev.osprey.imaging.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** The pages' sample as a webcam would send it: 640 × 480, the width filled, JPEG of quality 80. */
final class SamplePicture {

    private static final Path SAMPLE = Path.of("src/main/webapp/samples/grace-hopper.jpg");
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int QUALITY = 80;

    private SamplePicture() {}

    static void write(Path target) throws IOException {
        BufferedImage sample = ImageIO.read(SAMPLE.toFile());
        int scaledHeight = sample.getHeight() * WIDTH / sample.getWidth();
        BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = frame.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(sample, 0, (HEIGHT - scaledHeight) / 2, WIDTH, scaledHeight, null);
        graphics.dispose();
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int pixel = frame.getRGB(i % WIDTH, i / WIDTH);
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        try (Picture picture = Picture.ofRgb(WIDTH, HEIGHT, rgb)) {
            Files.write(target, picture.jpeg(QUALITY));
        }
    }
}
