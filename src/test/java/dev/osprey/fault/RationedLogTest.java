package dev.osprey.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RationedLogTest {

    private final Throwable why = new IllegalStateException("why");

    private final List<String> lines = new ArrayList<>();
    private long nanos;
    private final RationedLog log = new RationedLog(new Written(), () -> nanos);

    @Test
    void saysOnceThatFiveHundredClientsHadTheSameTrouble() {
        for (int i = 0; i < 500; i++) {
            log.log(Level.WARNING, "An answer could not be made", "stream " + i, why);
        }
        assertEquals(List.of("WARNING An answer could not be made (stream 0)"), lines);
    }

    @Test
    void saysAfterAMinuteHowManyWereLeftOut() {
        log.log(Level.WARNING, "An answer could not be made", "stream 1", why);
        log.log(Level.WARNING, "An answer could not be made", "stream 2", why);
        nanos += Duration.ofMinutes(1).toNanos();
        log.log(Level.WARNING, "An answer could not be made", "stream 3", why);
        assertEquals(
                List.of(
                        "WARNING An answer could not be made (stream 1)",
                        "WARNING An answer could not be made (stream 3); 1 more since the last such line"),
                lines);
    }

    @Test
    void keepsDifferentTroublesApart() {
        log.log(Level.WARNING, "An answer could not be made", "stream 1", why);
        log.log(Level.ERROR, "A run of a model failed", "model fast", why);
        assertEquals(
                List.of("WARNING An answer could not be made (stream 1)", "ERROR A run of a model failed (model fast)"),
                lines);
    }

    private final class Written implements Logger {

        @Override
        public String getName() {
            return "written";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
            lines.add(level + " " + format);
        }
    }
}
