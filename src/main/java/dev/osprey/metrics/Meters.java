package dev.osprey.metrics;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is counted while Osprey works. Any thread; never slow. */
public interface Meters {

    /** Counts nothing: for tests and benchmarks without a container. */
    Meters NONE = new Meters() {
        @Override
        public void connections(String capability, IntSupplier open) {}

        @Override
        public void refused(String limit) {}

        @Override
        public void disconnected(String capability, int closeCode) {}

        @Override
        public void failed(String capability, String code, @Nullable String detail) {}

        @Override
        public void answered(String mode, String model, Duration inference, Duration age) {}

        @Override
        public void kept(String mode, Duration age) {}

        @Override
        public void replaced(String mode) {}

        @Override
        public void ran(String model, int batch, Duration took) {}

        @Override
        public void queue(String model, IntSupplier waiting) {}

        @Override
        public void memory(String model, LongSupplier bytes) {}

        @Override
        public void jobs(String state, IntSupplier count) {}

        @Override
        public void measured(String name, String description, DoubleSupplier value) {}

        @Override
        public void jobBegan(String kind) {}

        @Override
        public void jobEnded(String kind, String outcome, Duration took) {}

        @Override
        public void studioAsked(String endpoint) {}

        @Override
        public void studioAnswered(String method, String endpoint, int status, Duration took) {}
    };

    /** Publishes how many connections a capability has open. */
    void connections(String capability, IntSupplier open);

    /** A client was held to a limit. */
    void refused(String limit);

    /** A connection ended with a WebSocket close code. */
    void disconnected(String capability, int closeCode);

    /**
     * A client was sent an error, or would have been were errors not rationed.
     *
     * @param detail the sentence that it is sent; null where there is none
     */
    void failed(String capability, String code, @Nullable String detail);

    /** A frame was answered: how long its models ran and how old its picture is now. */
    void answered(String mode, String model, Duration inference, Duration age);

    /** A frame was put by for later, and its client told so: how old it is now. */
    void kept(String mode, Duration age);

    /** A frame was answered with a newer one's picture. */
    void replaced(String mode);

    /** A model had a turn: how many tasks went together, and how long it took with all that belongs to them. */
    void ran(String model, int batch, Duration took);

    /** Publishes how many tasks wait for a turn of a model; harmless when told again. */
    void queue(String model, IntSupplier waiting);

    /** Publishes what the loaded versions of a model count against the budget; harmless when told again. */
    void memory(String model, LongSupplier bytes);

    /** Publishes how many jobs are in a state. */
    void jobs(String state, IntSupplier count);

    /** Publishes a value under a name of its own. */
    void measured(String name, String description, DoubleSupplier value);

    /** A run of a job of a kind has begun; {@link #jobEnded} follows. */
    void jobBegan(String kind);

    /** A run of a job has ended: {@code succeeded}, {@code failed}, {@code cancelled}, {@code handed-back} or {@code lost}. */
    void jobEnded(String kind, String outcome, Duration took);

    /** A request to the studio has come; {@link #studioAnswered} follows. */
    void studioAsked(String endpoint);

    /** A request to the studio is answered with an HTTP status. */
    void studioAnswered(String method, String endpoint, int status, Duration took);
}
