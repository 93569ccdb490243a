package dev.osprey.signs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to one client: a prediction for each frame and behind it the acknowledgement, in their order, as long as the
 * client reads. Where it does not, the newest prediction takes the place of the one that waits, while acknowledgements are kept, up
 * to a limit. Any thread; nothing waits.
 */
final class Answers {

    /** An acknowledgement holds the frame that it is for: the library's doing. */
    private static final int MOST_ACKNOWLEDGEMENTS = 256;

    private final BooleanSupplier congested;
    private final Consumer<Prediction> wire;
    private final Runnable giveUp;
    private final long maxBytes;
    private final Deque<Answer> waiting = new ArrayDeque<>();
    private int acknowledgements;
    private long bytes;

    /** Some thread sends; it also sends what others add meanwhile. */
    private boolean sending;

    private static final class Answer {

        /** Null when it has been sent. */
        private @Nullable Prediction prediction;

        private final Deque<Acknowledgement> acknowledgements = new ArrayDeque<>(1);

        Answer(Prediction prediction) {
            this.prediction = prediction;
        }
    }

    private record Acknowledgement(Runnable send, int bytes) {}

    /**
     * @param congested whether the client does not read
     * @param wire sends a prediction
     * @param maxBytes of frames whose acknowledgements wait
     * @param giveUp is told when more acknowledgements wait than are kept
     */
    Answers(BooleanSupplier congested, Consumer<Prediction> wire, long maxBytes, Runnable giveUp) {
        this.congested = congested;
        this.wire = wire;
        this.maxBytes = maxBytes;
        this.giveUp = giveUp;
    }

    /**
     * @param acknowledge sends what follows the prediction
     * @param frameBytes that are kept until then
     */
    void add(Prediction prediction, Runnable acknowledge, int frameBytes) {
        boolean late = congested.getAsBoolean();
        boolean tooMany;
        synchronized (this) {
            Answer last = waiting.peekLast();
            if (late && last != null && last.prediction != null) {
                last.prediction = prediction;
            } else {
                last = new Answer(prediction);
                waiting.add(last);
            }
            last.acknowledgements.add(new Acknowledgement(acknowledge, frameBytes));
            acknowledgements++;
            bytes += frameBytes;
            tooMany = acknowledgements > MOST_ACKNOWLEDGEMENTS || (acknowledgements > 1 && bytes > maxBytes);
            if (tooMany) {
                clear();
            }
        }
        if (tooMany) {
            giveUp.run();
        } else {
            send();
        }
    }

    private void clear() {
        waiting.clear();
        acknowledgements = 0;
        bytes = 0;
    }

    /** Sends what waits, as far as the client reads. */
    void send() {
        while (!congested.getAsBoolean()) {
            Runnable next;
            synchronized (this) {
                if (sending || waiting.isEmpty()) {
                    return;
                }
                sending = true;
                next = next(waiting.element());
            }
            try {
                next.run();
            } finally {
                synchronized (this) {
                    sending = false;
                }
            }
        }
    }

    /** Of the first answer: its prediction, then one acknowledgement after the other. */
    private Runnable next(Answer first) {
        Prediction prediction = first.prediction;
        if (prediction != null) {
            first.prediction = null;
            return () -> wire.accept(prediction);
        }
        Acknowledgement acknowledgement = first.acknowledgements.remove();
        acknowledgements--;
        bytes -= acknowledgement.bytes();
        if (first.acknowledgements.isEmpty()) {
            waiting.remove();
        }
        return acknowledgement.send();
    }
}
