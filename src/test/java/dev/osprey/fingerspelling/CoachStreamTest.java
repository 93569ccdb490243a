package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fingerspelling.Lesson.Learner;
import dev.osprey.hands.Hand;
import dev.osprey.stream.FakePeer;
import dev.osprey.trace.RecordedTraces;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions with threads, a detector and a model that do as they are told. Numbers in brackets: the conformance checklist. */
class CoachStreamTest {

    private static final String RESET = "A 0.0";

    private final List<Lesson> lessons = new ArrayList<>();

    private Lesson lesson(LettersModel model, String... settings) {
        Lesson lesson = new Lesson(model, settings);
        lessons.add(lesson);
        return lesson;
    }

    @AfterEach
    void close() {
        lessons.forEach(Lesson::close);
    }

    @Test
    void saysNothingUnasked() { // [1]
        Learner learner = lesson(StubRecognition.ONE_FRAME).learner();
        assertEquals(List.of(), learner.story());
    }

    @Test
    void tracesAFrameWithWhatWasSentOfIt() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.showAll("c", 5);
        assertEquals(List.of("C 0.9"), learner.story());
        List<SpanData> frames = lesson.tracing.roots();
        assertEquals(5, frames.size());
        assertEquals(List.of("queue", "hands", "run"), lesson.tracing.steps(frames.get(3)));
        assertEquals(List.of("queue", "hands", "run", "send"), lesson.tracing.steps(frames.get(4)));
        assertTrue(lesson.tracing.isInOrder(frames.get(4)));
        assertEquals("5", RecordedTraces.attribute(frames.get(4), "osprey.frame.number"));
        assertEquals("fingerspelling", RecordedTraces.attribute(frames.get(4), "osprey.capability"));
    }

    @Test
    void answersATargetAtOnceUnderEitherName() { // [3] [4] [5]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        for (String name : new String[] {"new_letter", "new_word_letter", "new_word"}) {
            for (String blob : new String[] {"null", "\"" + Learner.base64("-") + "\""}) {
                Learner learner = lesson.learner();
                learner.send("{\"jpeg_blob\":%s,\"%s\":\"B\"}".formatted(blob, name));
                lesson.settle();
                assertEquals(List.of(RESET), learner.story());
            }
        }
    }

    @Test
    void answersTheFirstTimeOnTheThirtySixthFrame() { // [7]
        Lesson lesson = lesson(StubRecognition.CLIP);
        Learner learner = lesson.learner();
        learner.showAll("c", 35);
        assertEquals(List.of(), learner.story());
        learner.show("c");
        assertEquals(List.of("C 0.9"), learner.story());
        assertEquals(5, lesson.recognition.clips().size());
        assertEquals(32 * 42 * 3, lesson.recognition.clips().get(0).length);
    }

    @Test
    void answersTheFirstTimeOnTheFifthFrameWhereOneIsAClip() { // [8] [20]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.showAll("c", 4);
        assertEquals(List.of(), learner.story());
        learner.show("c");
        assertEquals(List.of("C 0.9"), learner.story());
        learner.send("{\"jpeg_blob\":\"%s\",\"new_letter\":\"C\"}".formatted(Learner.base64("c")));
        lesson.settle();
        lesson.pass(100);
        learner.showAll("c", 3);
        assertEquals(List.of("C 0.9", RESET), learner.story());
        learner.show("c");
        assertEquals(List.of("C 0.9", RESET, "C 0.9"), learner.story());
    }

    @Test
    void neitherCountsNorForgetsForAFrameWithoutHands() { // [9]
        Lesson lesson = lesson(StubRecognition.CLIP);
        Learner learner = lesson.learner();
        learner.showAll("c", 31);
        learner.showAll("-", 10);
        learner.showAll("c", 4);
        assertEquals(List.of(), learner.story());
        learner.show("c");
        assertEquals(List.of("C 0.9"), learner.story());
    }

    @Test
    void putsTheLeftHandFirstAndSkipsWhatHasNotBoth() { // [10]
        Lesson lesson = lesson(StubRecognition.CLIP_OF_BOTH);
        Learner learner = lesson.learner();
        for (String frame : new String[] {"L", "R", "LL", "RR"}) {
            learner.showAll(frame, 10);
        }
        learner.showAll("RL", 31);
        assertEquals(0, lesson.recognition.clips().size());
        learner.show("LR");
        float[] clip = lesson.recognition.clips().get(0);
        float[] left = StubRecognition.hand(Hand.Side.LEFT, 'L').landmarks();
        float[] right = StubRecognition.hand(Hand.Side.RIGHT, 'R').landmarks();
        for (int frame = 0; frame < 32; frame++) {
            int at = frame * 126;
            assertArrayEquals(left, Arrays.copyOfRange(clip, at, at + 63));
            assertArrayEquals(right, Arrays.copyOfRange(clip, at + 63, at + 126));
        }
    }

    @Test
    void givesAModelOfOneHandTheHandFromItsWrist() { // [11]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        lesson.learner().show("c");
        float[] points = StubRecognition.hand(Hand.Side.RIGHT, 'c').landmarks();
        float greatest = 0;
        for (int i = 0; i < 63; i++) {
            greatest = Math.max(greatest, Math.abs(points[i] - points[i % 3]));
        }
        float[] given = lesson.recognition.clips().get(0);
        assertEquals(63, given.length);
        for (int i = 0; i < 63; i++) {
            assertEquals((points[i] - points[i % 3]) / greatest, given[i]);
        }
    }

    @Test
    void keepsToTheThrottle() { // [16] [17]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.showAll("c", 5);
        learner.showAll("d", 5);
        assertEquals(List.of("C 0.9"), learner.story());
        lesson.pass(74);
        learner.show("d");
        assertEquals(1, learner.story().size());
        lesson.pass(1);
        learner.show("d");
        assertEquals(List.of("C 0.9", "D 0.9"), learner.story());
        lesson.pass(1000);
        learner.show("d");
        assertEquals(2, learner.story().size());
    }

    @Test
    void answersAResetWhileTheModelIsBlockedAndNeverSendsItsResult() { // [19]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.showAll("c", 4);
        StubRecognition.Block block = lesson.recognition.block();
        learner.throwFrame("c");
        block.awaitReached();
        learner.target("B");
        assertEquals(List.of(RESET), learner.story());
        lesson.pass(100);
        block.open();
        lesson.settle();
        assertEquals(List.of(RESET), learner.story());
        learner.showAll("b", 4);
        assertEquals(List.of(RESET), learner.story());
        learner.show("b");
        assertEquals(List.of(RESET, "B 0.9"), learner.story());
    }

    @Test
    void looksAtTheFrameOfAResetWhenTheBlockedOneIsOver() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        StubRecognition.Block block = lesson.recognition.block();
        learner.throwFrame("c");
        block.awaitReached();
        learner.throwFrame("d");
        learner.send("{\"jpeg_blob\":\"%s\",\"new_letter\":\"B\"}".formatted(Learner.base64("b")));
        block.open();
        lesson.settle();
        lesson.settle();
        assertEquals(List.of("c", "b"), lesson.recognition.looked());
        assertEquals(1, lesson.value("dropped_frames"));
        lesson.pass(100);
        learner.showAll("b", 4);
        assertEquals(List.of(RESET, "B 0.9"), learner.story());
    }

    @Test
    void keepsOnlyTheNewestFrameWhileOneIsInWork() { // [22]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        StubRecognition.Block block = lesson.recognition.block();
        learner.throwFrame("a");
        block.awaitReached();
        for (char frame = 'b'; frame <= 'k'; frame++) {
            learner.throwFrame(String.valueOf(frame));
        }
        block.open();
        lesson.settle();
        lesson.settle();
        assertEquals(List.of("a", "k"), lesson.recognition.looked());
        assertEquals(9, lesson.value("dropped_frames"));
        assertEquals(2, lesson.value("processed_frames"));
    }

    @Test
    void givesEveryLearnerASessionOfItsOwn() { // [25]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner first = lesson.learner();
        Learner second = lesson.learner();
        Learner third = lesson.learner();
        first.target("C");
        second.target("D");
        lesson.pass(100);
        for (int i = 0; i < 4; i++) {
            first.show("c");
            second.show("c");
            third.show("e");
        }
        first.target("F");
        lesson.pass(100);
        first.show("c");
        second.show("c");
        third.show("e");
        assertEquals(List.of(RESET, RESET), first.story());
        assertEquals(List.of(RESET, "C 0.004"), second.story());
        assertEquals(List.of("E 0.9"), third.story());
    }

    @Test
    void looksAtTwoLearnersFramesAtOnce() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner first = lesson.learner();
        StubRecognition.Block block = lesson.recognition.block();
        first.throwFrame("a");
        block.awaitReached();
        StubRecognition.Block other = lesson.recognition.block();
        lesson.learner().throwFrame("b");
        other.awaitReached();
        other.open();
        block.open();
    }

    @Test
    void answersWhatItDoesNotUnderstandOnceASecond() { // [23]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.send("no JSON");
        learner.send("5");
        learner.send("{}");
        assertEquals(List.of("error: The message is not a JSON object"), learner.story());
        lesson.pass(999);
        learner.send("{}");
        assertEquals(1, learner.story().size());
        lesson.pass(1);
        learner.send("{}");
        assertEquals(
                "error: The message has no field jpeg_blob; it may be null",
                learner.story().get(1));
        assertEquals(5, lesson.value("error_count"));
        assertEquals(5, lesson.meters.counts().get("failed INVALID_MESSAGE"));
        assertEquals(List.of(), learner.peer.closed());
        learner.target("B");
        assertEquals(RESET, learner.story().get(2));
    }

    @Test
    void doesNotCloseForAnyNumberOfBadMessages() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        for (int i = 0; i < 1000; i++) {
            learner.send("[]");
        }
        assertEquals(1, learner.story().size());
        assertFalse(learner.stream.connection().hasEnded());
    }

    @Test
    void keepsSilentAboutErrorsWhereItIsTold() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME, "fingerspelling.answer-errors", "false");
        Learner learner = lesson.learner();
        learner.send("no JSON");
        assertEquals(List.of(), learner.story());
        assertEquals(1, lesson.value("error_count"));
    }

    @Test
    void takesABinaryMessageForAFrame() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        for (int i = 0; i < 5; i++) {
            learner.stream.binary(ByteBuffer.wrap("c".getBytes(StandardCharsets.UTF_8)));
            lesson.settle();
        }
        assertEquals(List.of("C 0.9"), learner.story());
    }

    @Test
    void skipsFramesThatFailWithoutAWord() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.showAll("c", 2);
        learner.show("!");
        learner.show("?");
        learner.showAll("c", 2);
        assertEquals(List.of(), learner.story());
        learner.show("c");
        assertEquals(List.of("C 0.9"), learner.story());
        assertEquals(2, lesson.value("error_count"));
        assertEquals(5, lesson.value("processed_frames"));
        assertEquals(5, lesson.value("inference_count"));
    }

    @Test
    void tellsNothingOfWhatItDidNotForesee() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        lesson.recognition.fail(new IllegalStateException("a secret"));
        learner.show("c");
        assertEquals(List.of("error: internal error"), learner.story());
        lesson.pass(100);
        learner.showAll("c", 5);
        assertEquals(List.of("error: internal error", "C 0.9"), learner.story());
    }

    @Test
    void saysThatItHasNoModel() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        lesson.recognition.hinder("The model \"letters\" is not loaded");
        assertTrue(lesson.fingerspelling.obstacle().isPresent());
        learner.showAll("c", 10);
        learner.target("B");
        assertEquals(List.of("error: The model \"letters\" is not loaded", RESET), learner.story());
        assertEquals(List.of(), lesson.recognition.looked());
        lesson.recognition.hinder(null);
        lesson.recognition.fail(new OspreyException(ErrorCode.MODEL_NOT_READY, "It has just gone"));
        lesson.pass(1000);
        learner.show("c");
        assertEquals("error: It has just gone", learner.story().get(2));
    }

    @Test
    void saysThatThereIsNoSuchModel() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        FakePeer peer = FakePeer.thatReadsAtOnce();
        Learner learner = lesson.learner();
        CoachStream stream = new CoachStream(lesson.fingerspelling, learner.stream.connection(), Set.of(), "digits");
        stream.text("{\"jpeg_blob\":\"" + Learner.base64("c") + "\"}");
        assertEquals(List.of("error: There is no digits"), learner.story());
        assertEquals(List.of(), peer.sent());
    }

    @Test
    void goesThroughAWord() { // [29]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        learner.word("AB");
        assertEquals("", learner.last().getString("maxarg_word"));
        lesson.pass(100);
        learner.showAll("a", 5);
        assertEquals("A", learner.last().getString("maxarg_word"));
        lesson.pass(10);
        learner.showAll("b", 5);
        assertEquals("AB", learner.last().getString("detected_word_letter"));
        assertEquals(0.9, learner.last().getJsonNumber("target_lettr_prob").doubleValue());
        assertEquals(0.9, learner.last().getJsonNumber("target_word_prob").doubleValue());
        assertEquals("B", learner.last().getString("maxarg_letter"));
        assertEquals(3, learner.story().size());
    }

    @Test
    void showsTheHandsToWhoeverAskedForThem() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner(Feature.HANDS);
        Learner other = lesson.learner();
        learner.show("-");
        other.show("-");
        learner.showAll("c", 5);
        assertEquals(
                List.of("hands: 0", "hands: 1", "hands: 1", "hands: 1", "hands: 1", "hands: 1", "C 0.9"),
                learner.story());
        learner.send("{\"jpeg_blob\":\"%s\",\"timestamp\":17.5}".formatted(Learner.base64("LR")));
        lesson.settle();
        assertEquals(17.5, learner.last().getJsonNumber("timestamp").doubleValue());
        assertEquals(2, learner.last().getJsonArray("hands").size());
        assertEquals(5, learner.last().getInt("distributions"));
        assertEquals(List.of(), other.story());
    }

    @Test
    void looksAtNothingMoreForAClientThatDoesNotRead() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.new Learner(FakePeer.thatReadsWhenTold(), Feature.HANDS);
        learner.show("c");
        learner.show("d");
        learner.show("e");
        assertEquals(List.of("c", "d"), lesson.recognition.looked());
        learner.show("f");
        learner.peer.read();
        lesson.settle();
        assertEquals(List.of("c", "d", "f"), lesson.recognition.looked());
    }

    @Test
    void endsForAClientThatAsksAndAsksAndDoesNotRead() {
        Lesson lesson = lesson(StubRecognition.ONE_FRAME, "stream.max-unanswered", "3");
        Learner learner = lesson.new Learner(FakePeer.thatReadsWhenTold());
        for (int i = 0; i < 5; i++) {
            learner.target("B");
        }
        assertEquals(List.of("1008 3 messages are unanswered, the limit is 3"), learner.peer.closed());
    }

    @Test
    void sendsNothingToAClientThatLeftWhileItsFrameWasLookedAt() { // [26]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner(Feature.HANDS);
        StubRecognition.Block block = lesson.recognition.block();
        learner.throwFrame("c");
        block.awaitReached();
        learner.throwFrame("d");
        learner.stream.end();
        block.open();
        lesson.settle();
        assertEquals(List.of(), learner.story());
        assertEquals(List.of("c"), lesson.recognition.looked());
        assertEquals(0, lesson.fingerspelling.connectionCount());
        Learner next = lesson.learner();
        next.showAll("c", 5);
        assertEquals(List.of("C 0.9"), next.story());
    }

    @Test
    void acceptsEightMebibytesAndNoMore() { // [27]
        Lesson lesson = lesson(StubRecognition.ONE_FRAME);
        Learner learner = lesson.learner();
        assertTrue(learner.stream.connection().tryAccept(8 << 20));
        assertFalse(learner.stream.connection().tryAccept((8 << 20) + 1));
        assertEquals(List.of("1009 the message has 8388609 bytes, the limit is 8388608"), learner.peer.closed());
    }
}
