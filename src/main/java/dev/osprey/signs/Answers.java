package dev.osprey.signs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The predictions that are on their way to one client: one for each frame, in their order, as long as the client reads. Where
 * it does not, the newest takes the place of those that wait, while acknowledgements are kept. Any thread; nothing waits.
 */
final class Answers {

    private final BooleanSupplier congested;
    private final Consumer<Prediction> wire;
    private final Deque<Answer> waiting = new ArrayDeque<>();

    /** Some thread sends; it also sends what others add meanwhile. */
    private boolean sending;

    private record Answer(Prediction prediction, List<Runnable> acknowledgements) {}

    /**
     * @param congested whether the client does not read
     * @param wire sends a prediction
     */
    Answers(BooleanSupplier congested, Consumer<Prediction> wire) {
        this.congested = congested;
        this.wire = wire;
    }

    /** @param acknowledge sends what follows the prediction */
    void add(Prediction prediction, Runnable acknowledge) {
        boolean late = congested.getAsBoolean();
        synchronized (this) {
            List<Runnable> acknowledgements = new ArrayList<>(1);
            if (late && !waiting.isEmpty()) {
                acknowledgements.addAll(waiting.removeLast().acknowledgements());
            }
            acknowledgements.add(acknowledge);
            waiting.add(new Answer(prediction, acknowledgements));
        }
        send();
    }

    /** Sends what waits, as far as the client reads. */
    void send() {
        while (!congested.getAsBoolean()) {
            Answer next;
            synchronized (this) {
                if (sending || waiting.isEmpty()) {
                    return;
                }
                sending = true;
                next = waiting.remove();
            }
            try {
                wire.accept(next.prediction());
                next.acknowledgements().forEach(Runnable::run);
            } finally {
                synchronized (this) {
                    sending = false;
                }
            }
        }
    }
}
