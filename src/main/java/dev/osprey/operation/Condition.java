package dev.osprey.operation;

import dev.osprey.config.OspreyConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Whether new work is welcome here, and why not. Any thread; looks everything up late, as probes come before the models do. */
public final class Condition {

    /** Stands for the model of the default mode among the models that are required. */
    static final String DEFAULT_MODE = "default";

    private final Supplier<OspreyConfig> settings;
    private final Predicate<String> warm;
    private final BooleanSupplier started;
    private final Supplier<Optional<String>> jobs;
    private volatile boolean draining;

    /** What the server is about. */
    public enum State {
        /** Models are being warmed, or the server streams to itself. */
        STARTING,
        READY,
        /** It stops, or is taken away. */
        DRAINING,
        /** It has started, and something that it needs is away. */
        FAILED
    }

    /**
     * @param warm whether a model of that name is; asked once the server has started
     * @param started whether the server has streamed to itself
     * @param jobs why there are none
     */
    Condition(
            Supplier<OspreyConfig> settings,
            Predicate<String> warm,
            BooleanSupplier started,
            Supplier<Optional<String>> jobs) {
        this.settings = settings;
        this.warm = warm;
        this.started = started;
        this.jobs = jobs;
    }

    public State state() {
        if (draining) {
            return State.DRAINING;
        } else if (!hasStarted()) {
            return State.STARTING;
        }
        return reasons().isEmpty() ? State.READY : State.FAILED;
    }

    /** Why the server is not ready, each in words; empty where it is. */
    public List<String> reasons() {
        return Stream.of(drainObstacle(), modelObstacle(), jobs.get())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether all models were warmed and the server has streamed to itself in every mode, however that went. */
    public boolean hasStarted() {
        return started.getAsBoolean();
    }

    /** Which models are missing without which the server is not ready. */
    public Optional<String> modelObstacle() {
        if (!hasStarted()) {
            // Before that the models may not be there to be asked.
            return Optional.of("The server has not streamed to itself yet");
        }
        OspreyConfig config = settings.get();
        List<String> missing = config.model().required().stream()
                .map(name -> name.equals(DEFAULT_MODE) ? config.segmentation().defaultModel() : name)
                .distinct()
                .filter(warm.negate())
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("Not loaded, and required: " + String.join(", ", missing));
    }

    public Optional<String> drainObstacle() {
        return draining ? Optional.of("The server is stopping") : Optional.empty();
    }

    public boolean isDraining() {
        return draining;
    }

    /** For good: the server goes on to its end. */
    void drain() {
        draining = true;
    }
}
