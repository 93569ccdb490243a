package dev.osprey.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Holds off whoever guesses passwords: after five wrong ones in a row of one name from one address, and after a hundred of one name from
 * anywhere, nobody signs in that way for a quarter of an hour. Any thread.
 */
final class Lockout {

    static final Duration HELD = Duration.ofMinutes(15);
    static final int FROM_ONE_ADDRESS = 5;
    static final int FROM_ANYWHERE = 100;

    private static final int MAX_REMEMBERED = 10_000;

    private final LongSupplier nanoClock;

    /** Those that failed longest ago first. */
    private final Map<String, Failures> failures = new LinkedHashMap<>();

    private record Failures(int count, long lastNanos) {}

    Lockout(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** How long nobody of that name gets in from there; empty where a password is looked at. */
    synchronized Optional<Duration> heldFor(String name, String address) {
        Optional<Duration> here = heldFor(here(name, address), FROM_ONE_ADDRESS);
        return here.isPresent() ? here : heldFor(name, FROM_ANYWHERE);
    }

    private Optional<Duration> heldFor(String who, int most) {
        Failures known = failures.get(who);
        if (known == null || known.count() < most) {
            return Optional.empty();
        }
        Duration left = HELD.minusNanos(nanoClock.getAsLong() - known.lastNanos());
        return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
    }

    synchronized void failed(String name, String address) {
        count(here(name, address));
        count(name);
    }

    private void count(String who) {
        long now = nanoClock.getAsLong();
        Failures known = failures.remove(who);
        boolean fresh = known == null || now - known.lastNanos() > HELD.toNanos();
        failures.put(who, new Failures(fresh ? 1 : known.count() + 1, now));
        if (failures.size() > MAX_REMEMBERED) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    synchronized void succeeded(String name, String address) {
        failures.remove(here(name, address));
    }

    /** No name has a line break in it. */
    private static String here(String name, String address) {
        return name + '\n' + address;
    }
}
