package dev.osprey.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts under the names of its methods and their words. Any thread. */
public final class CountingMeters implements Meters {

    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> values = new ConcurrentHashMap<>();
    private volatile Runnable answered = () -> {};

    public Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    /** A value that was published, as it is now. */
    public double value(String name) {
        return Objects.requireNonNull(values.get(name), name).getAsDouble();
    }

    /** {@code listener} is told of every answer while it is being made. */
    public void whenAnswered(Runnable listener) {
        answered = listener;
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    @Override
    public void connections(String capability, IntSupplier open) {}

    @Override
    public void refused(String limit) {
        count("refused " + limit);
    }

    @Override
    public void disconnected(String capability, int closeCode) {
        count("disconnected " + closeCode);
    }

    @Override
    public void failed(String capability, String code, @Nullable String detail) {
        count("failed " + code);
    }

    @Override
    public void answered(String mode, String model, Duration inference, Duration age) {
        count("answered " + mode);
        answered.run();
    }

    @Override
    public void kept(String mode, Duration age) {
        count("kept " + mode);
    }

    @Override
    public void replaced(String mode) {
        count("replaced " + mode);
    }

    @Override
    public void ran(String model, int batch, Duration took) {
        count("ran " + model + " " + batch);
    }

    @Override
    public void queue(String model, IntSupplier waiting) {
        values.put("queue " + model, waiting::getAsInt);
    }

    @Override
    public void memory(String model, LongSupplier bytes) {
        values.put("memory " + model, bytes::getAsLong);
    }

    @Override
    public void jobs(String state, IntSupplier count) {
        values.put("jobs " + state, count::getAsInt);
    }

    @Override
    public void measured(String name, String description, DoubleSupplier value) {
        values.put(name, value);
    }

    @Override
    public void jobBegan(String kind) {
        count("began " + kind);
    }

    @Override
    public void jobEnded(String kind, String outcome, Duration took) {
        count("ended " + kind + " " + outcome);
    }

    @Override
    public void studioAsked(String endpoint) {
        count("asked " + endpoint);
    }

    @Override
    public void studioAnswered(String method, String endpoint, int status, Duration took) {
        count("told " + method + " " + endpoint + " " + status);
    }
}
