package dev.osprey.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** In what order the server stops; time is told by hand. */
class DrainTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<String> told = new ArrayList<>();
    private final Condition condition = new Condition(TestConfig::with, name -> true, () -> true, Optional::empty);
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();
    private long doneAtMillis;
    private long emptyAtMillis;
    private long endMillis;
    private final long beganNanos = nanos;

    private final class Work implements Drain.Work {

        @Override
        public void retire() {
            assertTrue(condition.isDraining());
            tell("retire");
        }

        @Override
        public boolean isDone() {
            return passedMillis() >= doneAtMillis;
        }

        @Override
        public void dismiss() {
            tell("dismiss");
        }

        @Override
        public int streams() {
            return passedMillis() >= emptyAtMillis ? 0 : 2;
        }

        @Override
        public void end(Duration patience) {
            tell("end with " + patience.toMillis());
            nanos += Duration.ofMillis(endMillis).toNanos();
        }

        @Override
        public void report(Duration patience) {
            tell("report with " + patience.toMillis());
        }
    }

    private final Drain drain = new Drain(condition, new Work(), () -> nanos, time -> nanos += time.toNanos());

    private long passedMillis() {
        return Duration.ofNanos(nanos - beganNanos).toMillis();
    }

    private void tell(String what) {
        told.add(passedMillis() + " " + what);
    }

    @Test
    void endsAtOnceWhereNothingIsUnderWay() {
        assertFalse(condition.isDraining());
        drain.run(Duration.ZERO, LIMIT);
        assertEquals(List.of("0 retire", "0 dismiss", "0 end with 20000", "0 report with 20000"), told);
    }

    @Test
    void goesOnForTheDelayThoughItIsNotReady() {
        drain.run(Duration.ofSeconds(10), LIMIT);
        assertEquals(List.of("10000 retire", "10000 dismiss", "10000 end with 20000", "10000 report with 20000"), told);
    }

    @Test
    void finishesWhatRunsBeforeItDismissesAnybody() {
        doneAtMillis = 100;
        emptyAtMillis = 200;
        endMillis = 300;
        drain.run(Duration.ZERO, LIMIT);
        assertEquals(List.of("0 retire", "100 dismiss", "200 end with 19800", "500 report with 19500"), told);
    }

    @Test
    void endsWhenTheTimeIsUp() {
        doneAtMillis = 60_000;
        emptyAtMillis = 60_000;
        drain.run(Duration.ofSeconds(1), LIMIT);
        assertEquals(List.of("1000 retire", "21000 dismiss", "21000 end with 0", "21000 report with 0"), told);
    }

    @Test
    void drainsOnce() {
        drain.run(Duration.ZERO, LIMIT);
        drain.run(Duration.ZERO, LIMIT);
        assertEquals(4, told.size());
    }
}
