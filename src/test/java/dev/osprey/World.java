package dev.osprey;

import dev.osprey.Seen.Colour;
import dev.osprey.Seen.Spot;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** What is in the built-in clip, by its ground truth. */
final class World {

    private static final Path SAMPLES = Path.of("src/main/webapp/samples");

    /** The clip's first frame. */
    static final Path STILL = SAMPLES.resolve("world.jpg");

    static final List<String> LABELS =
            List.of("background", "table", "ball", "cube", "cylinder", "cone", "ring", "book", "cup");

    static final Colour BLACK = new Colour(0, 0, 0);
    static final Colour TABLE = new Colour(128, 0, 0);

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int FRAMES_A_SECOND = 25;
    private static final int COLUMNS = 5;

    private World() {}

    /** Class ids of a frame: the picture's samples are indices of its palette. */
    static Raster classes(int frame) throws IOException {
        int place = frame % FRAMES_A_SECOND;
        BufferedImage sheet = ImageIO.read(SAMPLES.resolve("world-truth-%d.png".formatted(frame / FRAMES_A_SECOND))
                .toFile());
        return sheet.getSubimage(place % COLUMNS * WIDTH, place / COLUMNS * HEIGHT, WIDTH, HEIGHT)
                .getData();
    }

    /** The place in the still that is farthest from everything else than the given class, edges of the picture included. */
    static Spot inside(String label) {
        try {
            Point deepest = deepest(classes(0), LABELS.indexOf(label));
            return new Spot((deepest.x + 0.5) / WIDTH, (deepest.y + 0.5) / HEIGHT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The centre of the largest square of one class, found by its lower right corner. */
    private static Point deepest(Raster classes, int id) {
        int[][] side = new int[HEIGHT + 1][WIDTH + 1];
        int largest = 0;
        Point centre = new Point();
        for (int y = 1; y <= HEIGHT; y++) {
            for (int x = 1; x <= WIDTH; x++) {
                if (classes.getSample(classes.getMinX() + x - 1, classes.getMinY() + y - 1, 0) == id) {
                    side[y][x] = 1 + Math.min(side[y - 1][x - 1], Math.min(side[y - 1][x], side[y][x - 1]));
                    if (side[y][x] > largest) {
                        largest = side[y][x];
                        centre.setLocation(x - largest / 2, y - largest / 2);
                    }
                }
            }
        }
        return centre;
    }
}
