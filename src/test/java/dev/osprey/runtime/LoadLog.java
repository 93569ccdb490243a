package dev.osprey.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Hears what {@link WarmModel} says of itself, the only trace that warm-ups and closed sessions leave. */
final class LoadLog extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger(WarmModel.class.getName());
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    LoadLog() {
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    long warmUps() {
        return count("Warmed");
    }

    long closedSessions() {
        return count("Closing");
    }

    /** Of the last warm-up. */
    int warmUpRuns() {
        return records.stream()
                .filter(record -> record.getMessage().startsWith("Warmed"))
                .mapToInt(record -> (int) record.getParameters()[2])
                .reduce(0, (earlier, last) -> last);
    }

    private long count(String beginning) {
        return records.stream()
                .filter(record -> record.getMessage().startsWith(beginning))
                .count();
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
