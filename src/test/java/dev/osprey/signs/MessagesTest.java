package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.runtime.ExecutionProvider;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The decision of the protocol, section 7, and its messages to the letter. */
class MessagesTest {

    private static final List<String> WORDS = List.of("book", "chair", "clothes", "computer", "drink", "drum");

    private static Recognition recognition(float... probabilities) {
        return new Recognition(
                3,
                15,
                probabilities,
                WORDS,
                0.5F,
                Duration.ofNanos(41_345_678),
                Duration.ofNanos(250_000),
                Duration.ofMillis(12),
                ExecutionProvider.CPU);
    }

    private static String prediction(@Nullable Recognition last, Feature... features) {
        return Messages.prediction(new Prediction(last, 17, 10, 2, 1), Set.of(features))
                .toString();
    }

    @Test
    void knowsNothingBeforeTheFirstRecognition() {
        assertEquals("{\"label\":\"none\",\"score\":0.0}", prediction(null));
    }

    @Test
    void writesAFloatAsTheDoubleThatItIs() { // [12]
        assertEquals(
                "{\"label\":\"chair\",\"score\":0.8999999761581421}", prediction(recognition(0, 0.9F, 0, 0.1F, 0, 0)));
    }

    @Test
    void wantsStrictlyMoreThanTheThreshold() { // [13]
        assertEquals("{\"label\":\"none\",\"score\":0.5}", prediction(recognition(0.5F, 0.2F, 0.3F, 0, 0, 0)));
        float more = Math.nextUp(0.5F);
        assertEquals(
                "{\"label\":\"book\",\"score\":%s}".formatted((double) more),
                prediction(recognition(more, 0.2F, 0.3F, 0, 0, 0)));
    }

    @Test
    void tellsTheScoreOfWhatIsNoWord() {
        assertEquals(
                "{\"label\":\"none\",\"score\":0.25}", prediction(recognition(0.125F, 0.25F, 0.25F, 0.25F, 0.125F, 0)));
    }

    @Test
    void takesTheFirstOfEquals() { // [14]
        assertEquals("{\"label\":\"clothes\",\"score\":0.75}", prediction(recognition(0, 0, 0.75F, 0.75F, 0.75F, 0)));
    }

    @Test
    void ranksFiveForWhoAsks() {
        assertEquals(
                "{\"label\":\"none\",\"score\":0.5,\"index\":3,\"threshold\":0.5,\"topk\":["
                        + "{\"index\":3,\"label\":\"computer\",\"score\":0.5},"
                        + "{\"index\":0,\"label\":\"book\",\"score\":0.25},"
                        + "{\"index\":5,\"label\":\"drum\",\"score\":0.25},"
                        + "{\"index\":1,\"label\":\"chair\",\"score\":0.0},"
                        + "{\"index\":2,\"label\":\"clothes\",\"score\":0.0}]}",
                prediction(recognition(0.25F, 0, 0, 0.5F, 0, 0.25F), Feature.TOPK));
        assertEquals("{\"label\":\"none\",\"score\":0.0,\"topk\":[]}", prediction(null, Feature.TOPK));
    }

    @Test
    void accountsForFramesForWhoAsks() {
        assertEquals(
                "{\"label\":\"book\",\"score\":1.0,\"receipt\":{\"frame\":17,\"clip_frames\":10,\"frames_dropped\":2,"
                        + "\"frames_refused\":1,\"recognition\":{\"number\":3,\"last_frame\":15,\"age_ms\":41.345,"
                        + "\"queue_ms\":0.250,\"inference_ms\":12.000,\"provider\":\"CPU\"}}}",
                prediction(recognition(1, 0, 0, 0, 0, 0), Feature.RECEIPT));
        assertEquals(
                "{\"label\":\"none\",\"score\":0.0,\"receipt\":{\"frame\":17,\"clip_frames\":10,\"frames_dropped\":2,"
                        + "\"frames_refused\":1,\"recognition\":null}}",
                prediction(null, Feature.RECEIPT));
    }

    @Test
    void putsATypeInFrontOnThePlainWebSocket() {
        assertEquals("{\"type\":\"info\",\"message\":\"ready\"}", Messages.typed("info", Messages.message("ready")));
    }
}
