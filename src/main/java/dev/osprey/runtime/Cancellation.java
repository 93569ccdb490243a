package dev.osprey.runtime;

import java.util.ArrayList;
import java.util.List;

/** A request to end a run early, from any thread to whoever runs. */
public final class Cancellation {

    private final List<Runnable> listeners = new ArrayList<>(1);
    private boolean requested;

    public synchronized boolean isRequested() {
        return requested;
    }

    /** Asks the run to end; more than once is the same as once. */
    public synchronized void request() {
        if (!requested) {
            requested = true;
            listeners.forEach(Runnable::run);
        }
    }

    /**
     * Tells the listener, at once where it has been requested already. It must be quick; when the returned interest is
     * closed, it is not being told and will not be.
     */
    synchronized Interest whenRequested(Runnable listener) {
        if (requested) {
            listener.run();
        }
        listeners.add(listener);
        return () -> lose(listener);
    }

    private synchronized void lose(Runnable listener) {
        listeners.remove(listener);
    }

    /** Ends a listener's interest. */
    interface Interest extends AutoCloseable {
        @Override
        void close();
    }
}
