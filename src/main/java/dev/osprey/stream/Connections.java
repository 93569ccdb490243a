package dev.osprey.stream;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.RationedLog;
import dev.osprey.metrics.Meters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Who is connected, and who may be. Any thread. */
public final class Connections {

    private static final Logger LOG = System.getLogger(Connections.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private final Supplier<OspreyConfig.Stream> limits;
    private final Meters meters;
    private final LongSupplier nanoClock;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byAddress = new HashMap<>();
    private volatile boolean retired;
    private final Queue<Leaving> leaving = new ConcurrentLinkedQueue<>();

    private record Leaving(long sinceNanos, Runnable cut) {}

    /** @param limits asked each time, as they may change */
    public Connections(Supplier<OspreyConfig.Stream> limits, Meters meters, LongSupplier nanoClock) {
        this.limits = limits;
        this.meters = meters;
        this.nanoClock = nanoClock;
    }

    /** What became of a client that wants in. */
    public sealed interface Entry {

        record Admitted(Connection connection) implements Entry {}

        /** @param reason names limit and value; fits a close frame */
        record Refused(String reason) implements Entry {}
    }

    /** Lets the client in where the limits allow it. */
    public Entry enter(Peer peer) {
        Connection connection;
        synchronized (byAddress) {
            if (retired) {
                return new Entry.Refused("the server is stopping");
            }
            int fromHere = byAddress.getOrDefault(peer.address(), 0);
            if (open.size() >= limits.get().maxConnections()) {
                meters.refused("max-connections");
                return new Entry.Refused("%d connections are open, the limit is %d"
                        .formatted(open.size(), limits.get().maxConnections()));
            }
            if (fromHere >= limits.get().maxConnectionsPerAddress()) {
                meters.refused("max-connections-per-address");
                return new Entry.Refused("%d connections from this address are open, the limit is %d"
                        .formatted(fromHere, limits.get().maxConnectionsPerAddress()));
            }
            Caller caller = peer.caller();
            int most = caller.allowance().maxConnections();
            if (most > 0) {
                long open = this.open.stream()
                        .filter(other -> other.caller().id().equals(caller.id()))
                        .count();
                if (open >= most) {
                    meters.refused("max-connections-per-key");
                    return new Entry.Refused(
                            "%d connections of this key are open, the limit is %d".formatted(open, most));
                }
            }
            byAddress.put(peer.address(), fromHere + 1);
            connection = new Connection(this, peer, limits, nanoClock);
            open.add(connection);
        }
        return new Entry.Admitted(connection);
    }

    void remove(Connection connection, String address) {
        synchronized (byAddress) {
            if (open.remove(connection)) {
                byAddress.merge(address, -1, (count, one) -> count + one == 0 ? null : count + one);
            }
        }
    }

    void closed(String reason) {
        meters.refused(reason);
    }

    public int count() {
        return open.size();
    }

    /** Who is connected now. */
    public List<LiveStream> streams() {
        return List.copyOf(open);
    }

    /**
     * Lets a connection that has ended go for good.
     *
     * @param cut ends what carries it, once the client has had the send timeout to read its last messages
     */
    public void leave(Runnable cut) {
        leaving.add(new Leaving(nanoClock.getAsLong(), cut));
    }

    /** Pings, times out and cuts; to be called about once a second, by one thread at a time. */
    public void check() {
        List.copyOf(open).forEach(connection -> guarded(connection::check));
        long sinceNanos = nanoClock.getAsLong() - limits.get().sendTimeout().toNanos();
        for (Leaving first = leaving.peek();
                first != null && first.sinceNanos() - sinceNanos < 0;
                first = leaving.peek()) {
            leaving.remove();
            guarded(first.cut());
        }
    }

    /** One connection's trouble must not end the care of all: an executor never repeats a task that threw. */
    private static void guarded(Runnable care) {
        try {
            care.run();
        } catch (RuntimeException e) {
            RATIONED.log(Level.WARNING, "A connection could not be looked after", "any capability", e);
        }
    }

    /** From now on nobody comes in and no message is taken; those that were taken are still answered. */
    public void retire() {
        synchronized (byAddress) {
            retired = true;
        }
    }

    public boolean isRetired() {
        return retired;
    }

    /** After {@link #retire}: tells everybody that the server goes away, each as soon as all that waits for it has left. */
    public void dismiss() {
        List.copyOf(open).forEach(connection -> guarded(connection::dismiss));
    }

    /** Tells everybody that the server goes away, at once. */
    public void close() {
        List.copyOf(open).forEach(Connection::closeGoingAway);
    }
}
