package dev.osprey.fault;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Lines about what may go wrong with every frame or with every client at once: of each sentence one a minute, the next one with how
 * many were left out. Any thread.
 */
public final class RationedLog {

    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final LongSupplier nanoClock;
    private final Map<String, Told> told = new HashMap<>();

    private static final class Told {
        private final long sinceNanos;
        private long leftOut;

        Told(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }

    public RationedLog(Logger log) {
        this(log, System::nanoTime);
    }

    RationedLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
    }

    /**
     * Logs, or counts what is not logged.
     *
     * @param sentence what happened; one of a fixed few, as each is remembered
     * @param subject whom it happened to, such as {@code stream 4f…}; varies freely
     */
    public void log(Level level, String sentence, String subject, Throwable why) {
        long now = nanoClock.getAsLong();
        long leftOut = 0;
        synchronized (told) {
            Told last = told.get(sentence);
            if (last != null && now - last.sinceNanos < PERIOD_NANOS) {
                last.leftOut++;
                return;
            }
            if (last != null) {
                leftOut = last.leftOut;
            }
            told.put(sentence, new Told(now));
        }
        String more = leftOut == 0 ? "" : "; " + leftOut + " more since the last such line";
        log.log(level, sentence + " (" + subject + ")" + more, why);
    }
}
