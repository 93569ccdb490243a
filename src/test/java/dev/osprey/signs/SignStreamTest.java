package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.Capacity;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turnstile;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.Activity;
import dev.osprey.trace.RecordedTraces;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clips and their recognition, with a real scheduler and a model that tells how bright each picture of a clip is. Numbers in
 * brackets are those of the protocol's checklist.
 */
class SignStreamTest {

    private static final String MODEL = "words";

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final CountingMeters meters = new CountingMeters();
    private final RecordedTraces tracing = new RecordedTraces(System::nanoTime);
    private WarmModels models;
    private Scheduler scheduler;
    private Turnstile worker;
    private Signs signs;
    private Path folder;
    private volatile OspreyConfig config;

    @BeforeEach
    @SuppressWarnings("resource")
    void serve(@TempDir Path folder) {
        new TestRepository(folder).addSignWords(MODEL, patch -> patch);
        this.folder = folder;
        set("signs.max-clients", "2");
        models = WarmModels.open(config);
        models.load(MODEL);
        scheduler = new Scheduler(
                workers, new Capacity(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)), System::nanoTime);
        signs = new Signs(() -> config, models, scheduler, meters, tracing.tracing(), System::nanoTime);
        worker = new Turnstile(scheduler, MODEL);
    }

    private void set(String key, String value) {
        config = TestConfig.with("model.repository", folder.toString(), "signs.model", MODEL, key, value);
    }

    @AfterEach
    void stop() {
        worker.open();
        scheduler.close();
        models.close();
        workers.shutdown();
    }

    private static ByteBuffer grey(int level) {
        byte[] rgb = new byte[16 * 16 * 3];
        Arrays.fill(rgb, (byte) level);
        try (Picture picture = Picture.ofRgb(16, 16, rgb)) {
            return ByteBuffer.wrap(picture.jpeg(100));
        }
    }

    /** A frame of each level; the answer to the last one. */
    private static Prediction send(SignStream stream, int first, int last) {
        for (int level = first; level < last; level++) {
            stream.frame(grey(level));
        }
        return stream.frame(grey(last));
    }

    private int count(String what) {
        return meters.counts().getOrDefault(what, 0);
    }

    private static Recognition last(Prediction prediction) {
        Recognition last = prediction.last();
        if (last == null) {
            throw new AssertionError("nothing was recognised");
        }
        return last;
    }

    /** Of the pictures that the model saw, 0 to 255. */
    private static List<Integer> levels(Prediction prediction) {
        float[] probabilities = last(prediction).probabilities();
        return IntStream.range(0, probabilities.length)
                .map(i -> Math.round(255 * probabilities[i]))
                .boxed()
                .toList();
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void tracesTheNewestFrameOfAClipAndThoseThatAreDropped() {
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 12);
        assertEquals(2, tracing.roots().size());
        assertEquals("true", RecordedTraces.attribute(tracing.roots().get(0), "osprey.frame.replaced"));
        worker.turn();
        SpanData frame = tracing.roots().get(2);
        assertEquals(List.of("queue", "decode", "run"), tracing.steps(frame));
        assertTrue(tracing.isInOrder(frame), () -> tracing.spans().toString());
        assertEquals("signs", RecordedTraces.attribute(frame, "osprey.capability"));
        assertEquals("12", RecordedTraces.attribute(frame, "osprey.frame.number"));
        assertEquals(MODEL, RecordedTraces.attribute(frame, "osprey.model.name"));
        stream.end();
    }

    @Test
    void gathersAClipBeforeTheModelLooks() { // [10]
        SignStream stream = new SignStream(signs, new Activity());
        for (int i = 1; i <= 9; i++) {
            Prediction prediction = stream.frame(grey(i));
            assertNull(prediction.last());
            assertEquals(i, prediction.clipFrames());
            worker.turn();
        }
        assertNull(stream.frame(grey(10)).last());
        worker.turn();
        assertEquals(range(1, 10), levels(stream.frame(grey(11))));
        stream.end();
    }

    @Test
    void needsNoFurtherFrameForTheFirstRecognition() {
        SignStream stream = new SignStream(signs, new Activity());
        stream.frame(grey(1));
        send(stream, 2, 10);
        worker.turn();
        assertEquals(1, count("answered signs"));
        stream.end();
    }

    @Test
    void keepsNoMoreBytesThanAClipHasButOnePicture() throws IOException {
        SignStream stream = new SignStream(signs, new Activity());
        // Of a clip of the model, with what JPEG ignores behind its end.
        int clipBytes = 10 * 32 * 32 * 3;
        byte[] large = Arrays.copyOf(grey(77).array(), clipBytes);
        stream.frame(ByteBuffer.wrap(large));
        Prediction second = stream.frame(ByteBuffer.wrap(large));
        assertEquals(1, second.framesDropped());
        assertEquals(1, second.clipFrames());
        stream.end();
    }

    @Test
    void looksAtTheTenLastFramesTheOldestFirst() { // [16]
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 101, 110);
        worker.turn();
        for (int level = 111; level <= 125; level++) {
            assertEquals(range(level - 10, level - 1), levels(stream.frame(grey(level))));
            worker.turn();
        }
        Recognition last = last(stream.frame(grey(126)));
        assertEquals(16, last.number());
        assertEquals(25, last.lastFrame());
        assertEquals("none", label(last));
        stream.end();
    }

    private static String label(Recognition last) {
        return Messages.prediction(new Prediction(last, 1, 10, 0, 0), Set.of()).getString("label");
    }

    @Test
    void tellsTheWordOfTheGreatestProbability() { // [11]
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 9);
        stream.frame(grey(250));
        worker.turn();
        assertEquals("9", label(last(stream.frame(grey(1)))));
        stream.end();
    }

    @Test
    void answersWhileTheWorkerIsBusyAndAsksOnce() { // [18] [19]
        SignStream stream = new SignStream(signs, new Activity());
        assertNull(send(stream, 1, 15).last());
        assertEquals(1, scheduler.waiting());
        worker.turn();
        Prediction after = stream.frame(grey(16));
        assertEquals(1, last(after).number());
        assertEquals(15, last(after).lastFrame());
        assertEquals(range(6, 15), levels(after));
        stream.end();
    }

    @Test
    void keepsNoMoreFramesThanAClipHas() { // [28]
        SignStream stream = new SignStream(signs, new Activity());
        Prediction flooded = send(stream, 1, 200);
        assertEquals(190, flooded.framesDropped());
        assertEquals(190, count("replaced signs"));
        worker.turn();
        assertEquals(range(191, 200), levels(stream.frame(grey(201))));
        stream.end();
    }

    @Test
    void leavesTheClipAloneWhereAFrameIsNoPicture() { // [20]
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 9);
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> stream.frame(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5})));
        assertEquals(ErrorCode.IMAGE_UNREADABLE, refusal.code());
        Prediction next = stream.frame(grey(10));
        assertEquals(10, next.clipFrames());
        assertEquals(1, next.framesRefused());
        worker.turn();
        assertEquals(range(1, 10), levels(stream.frame(grey(11))));
        assertEquals(1, count("failed IMAGE_UNREADABLE"));
        stream.end();
    }

    @Test
    void waitsForAnotherFrameWhereOneTurnsOutToBeDamaged() throws IOException {
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 9);
        assertEquals(10, stream.frame(damagedInside()).clipFrames());
        worker.turn();
        assertEquals(1, count("failed IMAGE_UNREADABLE"));
        Prediction next = stream.frame(grey(10));
        assertNull(next.last());
        assertEquals(1, next.framesRefused());
        worker.turn();
        assertEquals(range(1, 10), levels(stream.frame(grey(11))));
        stream.end();
    }

    /** A PNG whose chunks are whole and whose pixels are not. */
    private static ByteBuffer damagedInside() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", bytes);
        byte[] png = bytes.toByteArray();
        int data = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") + 4;
        Arrays.fill(png, data, data + 4, (byte) 0);
        return ByteBuffer.wrap(png);
    }

    @Test
    void keepsTheFormerResultWhereTheModelFails() { // [31]
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 10);
        worker.turn();
        assertEquals(1, last(stream.frame(grey(11))).number());
        models.unload(MODEL);
        worker.turn();
        assertEquals(1, last(stream.frame(grey(12))).number());
        assertEquals(1, count("failed MODEL_NOT_READY"));
        models.load(MODEL);
        stream.frame(grey(13));
        worker.turn();
        Prediction after = stream.frame(grey(14));
        assertEquals(2, last(after).number());
        // The twelfth came while there was no model, so that nothing was kept.
        assertEquals(List.of(3, 4, 5, 6, 7, 8, 9, 10, 11, 13), levels(after));
        stream.end();
    }

    @Test
    void keepsClientsApartThatAreLookedAtTogether() { // [25]
        List<SignStream> streams = IntStream.range(0, 5)
                .mapToObj(i -> new SignStream(signs, new Activity()))
                .toList();
        for (int i = 0; i < streams.size(); i++) {
            send(streams.get(i), 20 * i + 1, 20 * i + 10);
        }
        worker.turn();
        for (int i = 0; i < streams.size(); i++) {
            assertEquals(range(20 * i + 1, 20 * i + 10), levels(streams.get(i).frame(grey(1))));
        }
        streams.forEach(SignStream::end);
    }

    @Test
    void freesItsClipWhenTheClientLeaves() { // [26]
        long before = Pointer.totalBytes();
        SignStream stream = new SignStream(signs, new Activity());
        send(stream, 1, 10);
        worker.turn();
        assertEquals(10 * 32 * 32 * 3, Pointer.totalBytes() - before);
        send(stream, 11, 11);
        assertEquals(1, scheduler.waiting());
        stream.end();
        assertEquals(0, scheduler.waiting());
        assertEquals(0, Pointer.totalBytes() - before);
        assertEquals(1, last(stream.frame(grey(1))).number());
        assertEquals(0, scheduler.waiting());
    }

    @Test
    void letsInAsManyClientsAsTheLimitSays() { // [24]
        assertTrue(signs.tryEnter());
        assertTrue(signs.tryEnter());
        assertEquals(List.of(false, false), List.of(signs.tryEnter(), signs.tryEnter()));
        assertEquals(2, signs.clientCount());
        signs.left();
        assertTrue(signs.tryEnter());
    }

    @Test
    void letsInNobodyWhileThereAreMoreThanMayBeNow() {
        assertTrue(signs.tryEnter());
        assertTrue(signs.tryEnter());
        set("signs.max-clients", "1");
        assertFalse(signs.tryEnter());
        signs.left();
        assertFalse(signs.tryEnter());
        signs.left();
        assertTrue(signs.tryEnter());
        set("signs.max-clients", "3");
        assertTrue(signs.tryEnter());
    }

    @Test
    void saysWhatIsMissing() {
        assertTrue(signs.obstacle().isEmpty());
        models.unload(MODEL);
        assertEquals(
                "The model \"words\" is not loaded; it lies in models/words",
                signs.obstacle().orElseThrow());
        SignStream stream = new SignStream(signs, new Activity());
        Prediction prediction = send(stream, 1, 20);
        assertNull(prediction.last());
        assertEquals(0, prediction.clipFrames());
        assertEquals(0, scheduler.waiting());
    }
}
