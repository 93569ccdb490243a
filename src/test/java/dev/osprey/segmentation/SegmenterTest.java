package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.WarmModels;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmenterTest {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 2_000, 1_000);

    @Test
    void drawsThePersonOnAPortrait() throws IOException {
        ByteBuffer portrait = ByteBuffer.wrap(Files.readAllBytes(Path.of("src/main/webapp/samples/grace-hopper.jpg")));
        try (WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"))) {
            models.load("person");
            Segmenter segmenter = new Segmenter("person", models, LIMITS, () -> 80);
            Segmented segmented =
                    OneFrame.segment(segmenter, portrait, new Rendering(Visualization.SIDE_BY_SIDE, 0.6, null));
            assertEquals(List.of("person"), segmented.detectedClasses());
            assertEquals("person", segmented.model());
            assertEquals(1, segmented.version());
            Segmented.Times times = segmented.times();
            for (long nanos : new long[] {
                times.decode(), times.resize(), times.run(), times.scale(), times.render(), times.encode()
            }) {
                assertTrue(nanos > 0, times::toString);
            }
            assertEquals(times.resize() + times.run() + times.scale(), times.total());
            try (Picture drawn = Picture.decode(ByteBuffer.wrap(segmented.picture()), LIMITS)) {
                assertEquals(1_024, drawn.width());
                assertEquals(600, drawn.height());
            }
        }
    }

    @Test
    void givesTheMaskItselfInTheFramesSize(@TempDir Path folder) throws IOException {
        new TestRepository(folder).addTiny("a");
        try (WarmModels models =
                WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"))) {
            models.load("a");
            Segmenter segmenter = new Segmenter("a", models, LIMITS, () -> 80);
            Segmented segmented = OneFrame.segment(segmenter, ByteBuffer.wrap(Client.jpeg(1)), null);
            assertEquals(List.of("person"), segmented.detectedClasses());
            Raster mask = Pictures.decoded(segmented.picture()).getRaster();
            assertEquals(1, mask.getNumBands());
            assertEquals(16, mask.getWidth());
            assertEquals(16, mask.getHeight());
            for (int i = 0; i < 16 * 16; i++) {
                assertEquals(1, mask.getSample(i % 16, i / 16, 0));
            }
            assertEquals(
                    segmented.times().resize()
                            + segmented.times().run()
                            + segmented.times().scale(),
                    segmented.times().total());
        }
    }

    @Test
    void takesWhicheverVersionIsServed(@TempDir Path folder) {
        TestRepository repository = new TestRepository(folder).addTiny("a");
        try (WarmModels models =
                WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"))) {
            Segmenter segmenter = new Segmenter("a", models, LIMITS, () -> 80);
            ByteBuffer picture = ByteBuffer.wrap(Client.jpeg(1));
            OspreyException refusal =
                    assertThrows(OspreyException.class, () -> OneFrame.segment(segmenter, picture, Rendering.DEFAULT));
            assertEquals(ErrorCode.MODEL_NOT_READY, refusal.code());
            models.load("a");
            assertEquals(
                    1, OneFrame.segment(segmenter, picture, Rendering.DEFAULT).version());
            // A larger network after a small one, and the other way round: the buffers must fit.
            repository.add("a", patch -> patch);
            models.swap("a", 2);
            assertEquals(
                    2, OneFrame.segment(segmenter, picture, Rendering.DEFAULT).version());
            repository.addTiny("a");
            models.swap("a", 1);
            assertEquals(
                    List.of("person"),
                    OneFrame.segment(segmenter, picture, Rendering.DEFAULT).detectedClasses());
        }
    }

    @Test
    void leavesOutClassesWithoutALabelAndTheBackground(@TempDir Path folder) {
        new TestRepository(folder).addTiny("a");
        try (WarmModels models =
                WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"))) {
            models.load("a");
            Segmenter segmenter = new Segmenter("a", models, LIMITS, () -> 80);
            for (int grey : new int[] {0, 2, 200}) {
                assertEquals(
                        List.of(),
                        OneFrame.segment(segmenter, ByteBuffer.wrap(Client.jpeg(grey)), Rendering.DEFAULT)
                                .detectedClasses());
            }
        }
    }

    /** Five frames of which one is broken, on a network that takes two at a time: every other one has its own answer. */
    @Test
    void answersEveryFrameOfABatchByItself(@TempDir Path folder) {
        new TestRepository(folder).addTiny("a", 2, patch -> patch);
        try (WarmModels models =
                WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"))) {
            models.load("a");
            List<OneFrame> frames = new ArrayList<>();
            for (int grey : new int[] {0, 1, -1, 1, 0}) {
                byte[] picture = grey < 0 ? new byte[] {1, 2, 3} : Client.jpeg(grey);
                frames.add(new OneFrame(ByteBuffer.wrap(picture), null));
            }
            new Segmenter("a", models, LIMITS, () -> 80).segment(List.copyOf(frames), new Cancellation());
            for (int index : new int[] {0, 4}) {
                assertEquals(List.of(), frames.get(index).answer().detectedClasses());
            }
            for (int index : new int[] {1, 3}) {
                assertEquals(List.of("person"), frames.get(index).answer().detectedClasses());
            }
            OspreyException failure =
                    assertThrows(OspreyException.class, () -> frames.get(2).answer());
            assertEquals(ErrorCode.IMAGE_UNREADABLE, failure.code());
        }
    }

    @Test
    void endsARunThatNobodyWants() throws IOException {
        ByteBuffer portrait = ByteBuffer.wrap(Files.readAllBytes(Path.of("src/main/webapp/samples/grace-hopper.jpg")));
        try (WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"))) {
            models.load("person");
            Segmenter segmenter = new Segmenter("person", models, LIMITS, () -> 80);
            Cancellation cancellation = new Cancellation();
            cancellation.request();
            OneFrame unwanted = new OneFrame(portrait, Rendering.DEFAULT);
            segmenter.segment(List.of(unwanted), cancellation);
            OspreyException end = assertThrows(OspreyException.class, unwanted::answer);
            assertEquals(ErrorCode.CANCELLED, end.code());
            // The session is none the worse for it.
            assertEquals(
                    List.of("person"),
                    OneFrame.segment(segmenter, portrait, Rendering.DEFAULT).detectedClasses());
        }
    }
}
