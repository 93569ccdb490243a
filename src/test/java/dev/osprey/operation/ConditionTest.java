package dev.osprey.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.operation.Condition.State;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When the server is ready, and what it says where it is not. */
class ConditionTest {

    private OspreyConfig config = TestConfig.with();
    private final Set<String> warm = new HashSet<>(Set.of("balanced", "sota"));
    private boolean started = true;
    private Optional<String> jobs = Optional.empty();

    private final Condition condition = new Condition(() -> config, warm::contains, () -> started, () -> jobs);

    private void assertCondition(State state, String... reasons) {
        assertEquals(state, condition.state());
        assertEquals(List.of(reasons), condition.reasons());
    }

    @Test
    void startsUntilItHasStreamedToItself() {
        started = false;
        assertCondition(State.STARTING, "The server has not streamed to itself yet");
        started = true;
        assertCondition(State.READY);
    }

    @Test
    void needsTheModelOfTheDefaultMode() {
        warm.remove("balanced");
        assertCondition(State.FAILED, "Not loaded, and required: balanced");
        config = TestConfig.with("segmentation.default-mode", "sota");
        assertCondition(State.READY);
        config = TestConfig.with("segmentation.default-mode", "fast", "segmentation.fast-model", "quick");
        assertCondition(State.FAILED, "Not loaded, and required: quick");
    }

    @Test
    void needsTheModelsThatAreRequired() {
        config = TestConfig.with("model.required", "signs, default, letters, balanced, sota");
        assertCondition(State.FAILED, "Not loaded, and required: signs, letters");
        warm.add("signs");
        warm.add("letters");
        assertCondition(State.READY);
    }

    @Test
    void needsTheJobStore() {
        jobs = Optional.of("The job store is away");
        assertCondition(State.FAILED, "The job store is away");
    }

    @Test
    void drainsForGood() {
        jobs = Optional.of("The job store is away");
        condition.drain();
        assertCondition(State.DRAINING, "The server is stopping", "The job store is away");
    }
}
