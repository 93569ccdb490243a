package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server's masks against those that each network's own Python stack makes of the same pictures, with the weights that
 * are served. {@code models/export/reference.py} takes the weights out of the file and nothing else of the exported graph.
 */
@SharesServer
class ReferenceIT extends RealServer {

    private static final List<String> MODES = List.of("fast", "balanced", "accurate", "sota");
    private static final double LEAST_SHARE_EQUAL = 0.999;

    // A field, because Arquillian lays claim to every parameter.
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void theServersMasksAreThoseOfTheReferenceImplementation() throws Exception {
        Python python = Python.with("cv2, torch, torchvision, transformers", "models/export/requirements.txt");
        List<Path> pictures = pictures();
        List<String> deviations = new ArrayList<>();
        try (StreamClient client = StreamClient.greeted(webSocket("/ws?features=binary,mask"))) {
            for (String mode : MODES) {
                client.changeMode(mode);
                String model = client.next("mode_changed").getString("model");
                Path masks = Files.createDirectories(folder.resolve(mode));
                makeReferences(python, Path.of("models", model), masks, pictures);
                for (Path picture : pictures) {
                    Raster expected = decoded(Files.readAllBytes(masks.resolve(stem(picture) + ".png")));
                    client.sendBinaryFrame(Files.readAllBytes(picture), 1);
                    Raster found = decoded(client.nextMessage("segmentation").picture());
                    double share = shareEqual(expected, found);
                    String figure = "%s on %s: %.4f %% of %d × %d pixels equal"
                            .formatted(mode, picture.getFileName(), 100 * share, found.getWidth(), found.getHeight());
                    System.out.println(figure);
                    if (share < LEAST_SHARE_EQUAL) {
                        deviations.add(figure);
                    }
                }
            }
        }
        assertEquals(List.of(), deviations);
    }

    /** Of the models' world and of the real one. */
    private static List<Path> pictures() throws IOException {
        List<Path> pictures = new ArrayList<>();
        for (Path folder : List.of(Path.of("src/test/resources/world"), Path.of("../shared/data/images"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().matches(".*\\.(jpg|png)"))
                            .sorted()
                            .forEach(pictures::add);
                }
            }
        }
        return pictures;
    }

    private static void makeReferences(Python python, Path model, Path masks, List<Path> pictures) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("models/export/reference.py", "--model", model.toString(), "--output", masks.toString()));
        pictures.forEach(picture -> arguments.add(picture.toString()));
        Python.Run run = python.run(arguments);
        assertEquals(0, run.status(), run::output);
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceAll("\\.[^.]*$", "");
    }

    private static Raster decoded(byte[] png) throws IOException {
        Raster raster = ImageIO.read(new ByteArrayInputStream(png)).getRaster();
        assertEquals(1, raster.getNumBands());
        return raster;
    }

    private static double shareEqual(Raster one, Raster other) {
        assertEquals(one.getBounds(), other.getBounds());
        int[] expected = one.getSamples(0, 0, one.getWidth(), one.getHeight(), 0, (int[]) null);
        int[] found = other.getSamples(0, 0, other.getWidth(), other.getHeight(), 0, (int[]) null);
        int equal = 0;
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] == found[i]) {
                equal++;
            }
        }
        return equal / (double) expected.length;
    }
}
