package dev.osprey.fingerspelling;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.hands.Hand;
import dev.osprey.runtime.Cancellation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A detector and a model that do as they are told. A frame is a text: {@code L} and {@code R} are a left and a right hand, a
 * small letter is what the model sees with probability 0.9, {@code -} is no hand, {@code !} a model that fails, {@code ?} bytes
 * that are no picture. Any thread.
 */
final class StubRecognition implements Recognition {

    static final List<String> LETTERS = IntStream.range(0, 26)
            .mapToObj(i -> String.valueOf((char) ('A' + i)))
            .toList();

    static final LettersModel ONE_FRAME = new LettersModel(1, 1, false, true, LETTERS);
    static final LettersModel CLIP = new LettersModel(32, 2, false, false, LETTERS);
    static final LettersModel CLIP_OF_BOTH = new LettersModel(32, 2, true, false, LETTERS);

    private final LettersModel model;
    private final List<String> looked = new ArrayList<>();
    private final List<float[]> clips = new ArrayList<>();
    private @Nullable String obstacle;
    private @Nullable RuntimeException failure;
    private @Nullable Block block;

    /** Holds whoever looks at a frame, as a model does that takes long. */
    static final class Block {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void awaitReached() {
            await(reached);
        }

        void open() {
            opened.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(10, TimeUnit.SECONDS)) {
                    throw new AssertionError("Nobody comes by");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    StubRecognition(LettersModel model) {
        this.model = model;
    }

    /** The next frame is held until the block is opened. */
    synchronized Block block() {
        Block next = new Block();
        block = next;
        return next;
    }

    synchronized void hinder(@Nullable String why) {
        obstacle = why;
    }

    /** What looking at the next frame ends with. */
    synchronized void fail(RuntimeException how) {
        failure = how;
    }

    /** The frames that were looked at. */
    synchronized List<String> looked() {
        return List.copyOf(looked);
    }

    /** What the model was given. */
    synchronized List<float[]> clips() {
        return List.copyOf(clips);
    }

    @Override
    public synchronized Optional<String> obstacle(String name) {
        return name.equals("letters") ? Optional.ofNullable(obstacle) : Optional.of("There is no " + name);
    }

    @Override
    public Recognizer recognizer(String name) {
        return new Stub();
    }

    private final class Stub implements Recognizer {

        private char shown;
        private boolean looking;

        @Override
        public LettersModel model() {
            return model;
        }

        @Override
        public List<Hand> hands(ByteBuffer image, Cancellation cancellation) {
            String frame = StandardCharsets.UTF_8.decode(image.slice()).toString();
            Block held;
            synchronized (StubRecognition.this) {
                if (looking) {
                    throw new AssertionError("Two frames of one stream are looked at at once");
                }
                looking = true;
                looked.add(frame);
                held = block;
                block = null;
                if (failure != null) {
                    RuntimeException thrown = failure;
                    failure = null;
                    looking = false;
                    throw thrown;
                }
            }
            if (held != null) {
                held.reached.countDown();
                Block.await(held.opened);
            }
            synchronized (StubRecognition.this) {
                looking = false;
            }
            if (frame.equals("?")) {
                throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "no picture");
            }
            List<Hand> hands = new ArrayList<>();
            for (int i = 0; i < frame.length(); i++) {
                char c = frame.charAt(i);
                if (c == 'L' || c == 'R') {
                    hands.add(hand(c == 'L' ? Hand.Side.LEFT : Hand.Side.RIGHT, c));
                } else if (c != '-') {
                    shown = c;
                    hands.add(hand(Hand.Side.RIGHT, c));
                }
            }
            return hands;
        }

        @Override
        public float[] probabilities(float[] clip, Cancellation cancellation) {
            synchronized (StubRecognition.this) {
                clips.add(clip);
            }
            if (shown == '!') {
                throw new OspreyException(ErrorCode.MODEL_FAILED, "as it was told");
            }
            float[] probabilities = new float[26];
            Arrays.fill(probabilities, 0.1F / 25);
            probabilities[shown == 0 ? 2 : shown - 'a'] = 0.9F;
            return probabilities;
        }
    }

    /** All its points differ, and those of other hands. */
    static Hand hand(Hand.Side side, int seed) {
        float[] points = new float[63];
        for (int i = 0; i < points.length; i++) {
            points[i] = seed + i / 100F;
        }
        return new Hand(points, side, 0.9F);
    }
}
