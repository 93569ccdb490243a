package dev.osprey.inference;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ticket of the task that somebody submitted last. A task may be done, and the next one submitted, before the ticket of the
 * first is there; so only the last one counts. Any thread.
 */
public final class LatestTicket {

    private int submissions;
    private @Nullable Ticket ticket;
    private boolean cancelled;

    /** @param submission submits a task; cancelled at once where {@link #cancel} was called before */
    public void submit(Supplier<Ticket> submission) {
        int number;
        synchronized (this) {
            number = ++submissions;
        }
        Ticket submitted = submission.get();
        boolean unwanted;
        synchronized (this) {
            if (number == submissions) {
                ticket = submitted;
            }
            unwanted = cancelled;
        }
        if (unwanted) {
            submitted.cancel();
        }
    }

    /** Nobody wants the answer of the last task any more, nor of any that is submitted from now on. */
    public void cancel() {
        Ticket unwanted;
        synchronized (this) {
            cancelled = true;
            unwanted = ticket;
        }
        if (unwanted != null) {
            unwanted.cancel();
        }
    }
}
