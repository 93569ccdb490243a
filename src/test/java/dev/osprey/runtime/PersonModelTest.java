package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelManifest.Pictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The shipped model on the shipped picture. */
class PersonModelTest {

    @Test
    void findsThePersonInAPortrait() throws IOException {
        byte[] portrait = Files.readAllBytes(Path.of("src/main/webapp/samples/grace-hopper.jpg"));
        try (WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"))) {
            models.load("person");
            try (Lease lease = models.lease("person");
                    Picture picture =
                            Picture.decode(ByteBuffer.wrap(portrait), new ImageLimits(1 << 20, 1_000, 1_000))) {
                Pictures input = lease.manifest().pictures();
                ByteBuffer pixels = ByteBuffer.allocateDirect(lease.inputBytes(1));
                ByteBuffer mask = ByteBuffer.allocateDirect(lease.outputBytes(1));
                picture.resizeInto(pixels, input.width(), input.height(), input.interpolation(), input.colour());
                lease.run(pixels, mask, 1, new Cancellation());
                int person = 0;
                for (int i = 0; i < mask.capacity(); i++) {
                    assertTrue(mask.get(i) == 0 || mask.get(i) == 1);
                    person += mask.get(i);
                }
                double share = person / (double) mask.capacity();
                assertTrue(share > 0.4 && share < 0.75, () -> "person on " + share);
                int width = lease.manifest().masks().width();
                assertEquals(1, mask.get(width * width / 2 + width / 2), "the middle of the picture");
                assertEquals(0, mask.get(0), "its upper left corner");
                assertEquals(ExecutionProvider.CPU, lease.provider());
            }
        }
    }
}
