package dev.osprey.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What clients were refused and what went wrong since the start, each kind of it once with how often and when. Any thread.
 *
 * <p>Kinds are few: limits and error codes. Should there be more than {@value #MOST_KINDS} all the same, the one that happened longest
 * ago is forgotten for a new one; the totals still count it.
 */
@Singleton
public class Problems {

    static final int MOST_KINDS = 200;

    private final InstantSource clock;
    private final Kinds<String, Refusal> refusals = new Kinds<>();
    private final Kinds<Cause, Failure> failures = new Kinds<>();

    private record Cause(String capability, String code) {}

    /** A limit that clients were held to. */
    public record Refusal(String limit, long count, Instant first, Instant last) {}

    /**
     * An error that clients were sent, or would have been were errors not rationed.
     *
     * @param detail the last sentence that came with it; null where none did
     */
    public record Failure(
            String capability,
            String code,
            long count,
            Instant first,
            Instant last,
            @Nullable String detail) {}

    @Inject
    public Problems() {
        this(InstantSource.system());
    }

    Problems(InstantSource clock) {
        this.clock = clock;
    }

    void refused(String limit) {
        Instant now = clock.instant();
        refusals.add(
                limit,
                before -> before == null
                        ? new Refusal(limit, 1, now, now)
                        : new Refusal(limit, before.count() + 1, before.first(), now));
    }

    /** Counts an error; {@code detail} is a sentence that is safe to show, or null where only the code is known. */
    public void failed(String capability, String code, @Nullable String detail) {
        Instant now = clock.instant();
        failures.add(
                new Cause(capability, code),
                before -> before == null
                        ? new Failure(capability, code, 1, now, now, detail)
                        : new Failure(
                                capability,
                                code,
                                before.count() + 1,
                                before.first(),
                                now,
                                detail == null ? before.detail() : detail));
    }

    /** The latest first. */
    public List<Refusal> refusals() {
        return refusals.sorted(Comparator.comparing(Refusal::last));
    }

    /** The latest first. */
    public List<Failure> failures() {
        return failures.sorted(Comparator.comparing(Failure::last));
    }

    /** Since the start. */
    public long refusalCount() {
        return refusals.total();
    }

    /** Since the start. */
    public long failureCount() {
        return failures.total();
    }

    private static final class Kinds<K, V> {

        /** That which happened longest ago first. */
        private final Map<K, V> kinds = new LinkedHashMap<>(16, 0.75f, true);

        private long total;

        synchronized void add(K key, Function<@Nullable V, V> next) {
            total++;
            V before = kinds.get(key);
            if (before == null && kinds.size() == MOST_KINDS) {
                kinds.remove(kinds.keySet().iterator().next());
            }
            kinds.put(key, next.apply(before));
        }

        synchronized List<V> sorted(Comparator<V> oldestFirst) {
            return kinds.values().stream().sorted(oldestFirst.reversed()).toList();
        }

        synchronized long total() {
            return total;
        }
    }
}
