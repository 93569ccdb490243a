package dev.osprey.access;

import dev.osprey.access.Caller.Allowance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Holds callers to how many requests they may make. Counted on this server, from its start. Any thread. */
@Singleton
final class Allowances {

    private final RateLimit minute;
    private final InstantSource clock;
    private final Map<String, Integer> today = new HashMap<>();
    private Instant day = Instant.EPOCH;

    /** @param limit the one that is reached, as metrics name it */
    record Exceeded(String limit, String sentence, long retryAfterSeconds) {}

    @Inject
    Allowances() {
        this(System::nanoTime, InstantSource.system());
    }

    Allowances(LongSupplier nanoClock, InstantSource clock) {
        this.minute = new RateLimit(nanoClock);
        this.clock = clock;
    }

    /** Counts a request; what it exceeds, where it does. */
    Optional<Exceeded> count(Caller caller) {
        Allowance allowance = caller.allowance();
        if (allowance.requestsPerDay() > 0) {
            Optional<Exceeded> exceeded = countToday(caller.id(), allowance.requestsPerDay());
            if (exceeded.isPresent()) {
                return exceeded;
            }
        }
        if (minute.tryCount(caller.id(), allowance.requestsPerMinute())) {
            return Optional.empty();
        }
        return Optional.of(new Exceeded(
                "requests-per-minute",
                "%d requests were made within a minute, the limit of this key".formatted(allowance.requestsPerMinute()),
                minute.retryAfterSeconds(caller.id())));
    }

    private synchronized Optional<Exceeded> countToday(String id, int limit) {
        Instant now = clock.instant();
        Instant begin = now.truncatedTo(ChronoUnit.DAYS);
        if (!begin.equals(day)) {
            day = begin;
            today.clear();
        }
        if (today.getOrDefault(id, 0) >= limit) {
            return Optional.of(new Exceeded(
                    "requests-per-day",
                    "%d requests were made today, the limit of this key".formatted(limit),
                    Math.max(
                            1,
                            Duration.between(now, begin.plus(1, ChronoUnit.DAYS))
                                    .toSeconds())));
        }
        today.merge(id, 1, Integer::sum);
        return Optional.empty();
    }
}
