package dev.osprey.socketio;

import dev.osprey.access.Caller;
import dev.osprey.access.Scope;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.RationedLog;
import dev.osprey.metrics.Meters;
import dev.osprey.stream.Connections;
import dev.osprey.stream.LiveStream;
import io.socket.engineio.server.EngineIoServer;
import io.socket.engineio.server.EngineIoServerOptions;
import io.socket.engineio.server.EngineIoSocket;
import io.socket.socketio.server.SocketIoServer;
import io.socket.socketio.server.SocketIoSocket;
import io.socket.socketio.server.SocketIoSocket.ReceivedByLocalAcknowledgementCallback;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.json.JSONArray;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;

/**
 * The server's one Socket.IO (protocol 5 over Engine.IO 4), namespace {@code /}: every capability that speaks it hears of every
 * client. Any thread.
 *
 * <p>The library keeps the protocol; Osprey keeps its limits, see {@link SocketIoAdmission}, {@link PollingServlet}, {@link
 * WebSocketTransport} and {@link PacketLimits}.
 */
public final class SocketIo implements AutoCloseable {

    private static final Logger LOG = System.getLogger(SocketIo.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    /** Who is at the door: the library makes a session on the thread that brings the client, and does not say for whom. */
    private static final ThreadLocal<@Nullable Arrival> ARRIVAL = new ThreadLocal<>();

    /** After which a client must have joined, at the latest; a little less than the library's, see {@link Session#disconnect}. */
    private static final Duration LONGEST_JOIN = Duration.ofSeconds(40);

    /** To change from polling to a WebSocket. A client that polls meanwhile is answered at once, so that it polls without a pause. */
    private static final Duration LONGEST_UPGRADE = Duration.ofSeconds(10);

    private static final int TIMERS = 2;
    private static final int ERRANDS = 2;

    private final Supplier<OspreyConfig> config;
    private final Meters meters;
    private final Connections webSockets;
    private final ScheduledThreadPoolExecutor timers;
    private final ExecutorService errands;
    private final EngineIoServer engine;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final List<Capability> capabilities = new CopyOnWriteArrayList<>();
    private final Set<LiveStream> clients = ConcurrentHashMap.newKeySet();

    private record Arrival(
            String address, Caller caller, @Nullable WebSocketTransport webSocket) {}

    /** @param threads for a few threads: of timers, and of what must not be done where it is found to be due */
    SocketIo(Supplier<OspreyConfig> config, Meters meters, ThreadFactory threads, LongSupplier nanoClock) {
        this.config = config;
        OspreyConfig.Socketio settings = config.get().socketio();
        this.meters = meters;
        this.webSockets = new Connections(
                () -> config.get().stream().withMaxMessageBytes(settings.maxMessageBytes()), meters, nanoClock);
        // A ping waits for a client that takes its answer to a poll too slowly; others are pinged meanwhile.
        this.timers = new ScheduledThreadPoolExecutor(TIMERS, threads);
        this.errands = Executors.newFixedThreadPool(ERRANDS, threads);
        // The library sets a timer anew for every message, each of which would be kept until it is due.
        this.timers.setRemoveOnCancelPolicy(true);
        this.timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        EngineIoServerOptions options = EngineIoServerOptions.newFromDefault()
                .setPingInterval(settings.pingInterval().toMillis())
                .setPingTimeout(settings.pingTimeout().toMillis())
                .setCorsHandlingDisabled(true);
        options.setScheduledExecutorService(timers);
        this.engine = new EngineIoServer(options);
        new SocketIoServer(engine).namespace("/").on("connection", arguments -> joined((SocketIoSocket) arguments[0]));
        engine.on("connection", arguments -> began((EngineIoSocket) arguments[0]));
        meters.connections("socketio", sessions::size);
    }

    private record Capability(Scope scope, Function<IoSocket, IoListener> entrance) {}

    /**
     * @param scope that a client needs for the capability to hear of it
     * @param entrance what a capability makes of a client that connects; called on the client's thread, never waits
     */
    public void serve(Scope scope, Function<IoSocket, IoListener> entrance) {
        capabilities.add(new Capability(scope, entrance));
    }

    OspreyConfig config() {
        return config.get();
    }

    Meters meters() {
        return meters;
    }

    /** Threads for short work, on which no request is under way and no lock is held. */
    Executor errands() {
        return errands;
    }

    /** A client that polls has opened a WebSocket to change to. */
    void upgrading(Session session, WebSocketTransport transport) {
        session.upgradingTo(transport);
        Future<?> unused = timers.schedule(
                () -> session.closeUnlessUpgraded(transport), LONGEST_UPGRADE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who has joined and not left. */
    public List<LiveStream> streams() {
        return List.copyOf(clients);
    }

    Connections webSockets() {
        return webSockets;
    }

    /** The session of an id as its client knows it, see {@link Session#knownAs}. */
    Optional<Session> session(String sid) {
        int dot = sid.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(sessions.get(sid.substring(0, dot))).filter(session -> session.isKnownAs(sid));
    }

    /** The session that the library calls so. */
    Optional<Session> ofLibrary(String id) {
        return Optional.ofNullable(sessions.get(id));
    }

    /** Why no session can begin for a client now; names limit and value. */
    Optional<String> obstacle(String address) {
        if (webSockets.isRetired()) {
            return Optional.of("the server is stopping");
        }
        OspreyConfig.Stream limits = config.get().stream();
        if (sessions.size() >= limits.maxConnections()) {
            meters.refused("max-connections");
            return Optional.of(
                    "%d sessions are open, the limit is %d".formatted(sessions.size(), limits.maxConnections()));
        }
        long fromHere = sessions.values().stream()
                .filter(session -> session.address().equals(address))
                .count();
        if (fromHere >= limits.maxConnectionsPerAddress()) {
            meters.refused("max-connections-per-address");
            return Optional.of("%d sessions from this address are open, the limit is %d"
                    .formatted(fromHere, limits.maxConnectionsPerAddress()));
        }
        return Optional.empty();
    }

    /** Something that may bring the library a new client. */
    interface Visit<E extends Exception> {
        void to(EngineIoServer engine) throws E;
    }

    /** Brings a client to the library, or what it sends. */
    <E extends Exception> void bring(
            String address, Caller caller, @Nullable WebSocketTransport webSocket, Visit<E> visit) throws E {
        ARRIVAL.set(new Arrival(address, caller, webSocket));
        try {
            visit.to(engine);
        } finally {
            ARRIVAL.remove();
        }
    }

    private void began(EngineIoSocket client) {
        Arrival who = ARRIVAL.get();
        if (who == null) {
            throw new IllegalStateException("A session began on a thread that brought nobody");
        }
        if (who.caller().equals(Caller.CONTINUING)) {
            // In the name of a session none begins, whatever the library has made of the address.
            client.close();
            return;
        }
        Session session = new Session(
                client,
                who.address(),
                who.caller(),
                who.webSocket(),
                config.get().socketio().maxMessageBytes(),
                config.get().stream().maxUnanswered());
        sessions.put(client.getId(), session);
        // To join takes as long as to answer a ping.
        long joinMillis = Math.min(
                LONGEST_JOIN.toMillis(), config.get().socketio().pingTimeout().toMillis());
        Future<?> joinTimeout = timers.schedule(session::closeUnlessJoined, joinMillis, TimeUnit.MILLISECONDS);
        client.on("close", arguments -> {
            sessions.remove(client.getId());
            joinTimeout.cancel(false);
        });
    }

    private void joined(SocketIoSocket socket) {
        Session session = sessions.get(socket.getClient().getId());
        if (session == null || !session.tryJoin(socket)) {
            // The protocol has a client join once; another time would be another client for the capabilities.
            socket.disconnect(false);
            if (session != null) {
                session.disconnect();
            }
            return;
        }
        IoSocket client = new IoSocket(socket, session);
        clients.add(client);
        for (Capability capability : capabilities) {
            if (!session.caller().may(capability.scope())) {
                continue;
            }
            IoListener listener = capability.entrance().apply(client);
            socket.registerAllEventListener((name, arguments) -> told(listener, session, name, arguments));
            AtomicBoolean ended = new AtomicBoolean();
            // A client may send an event of that name.
            socket.on("disconnect", arguments -> {
                if (!socket.isConnected() && ended.compareAndSet(false, true)) {
                    listener.end();
                }
            });
        }
        socket.on("disconnect", arguments -> {
            if (!socket.isConnected()) {
                clients.remove(client);
                session.close();
            }
        });
        if (!socket.isConnected()) {
            // It has left meanwhile, and nobody was told.
            clients.remove(client);
        }
    }

    private static void told(IoListener listener, Session session, String name, @Nullable Object[] arguments) {
        List<@Nullable Object> plain = new ArrayList<>(Arrays.asList(arguments));
        Runnable acknowledge = () -> {};
        int last = plain.size() - 1;
        if (last >= 0 && plain.get(last) instanceof ReceivedByLocalAcknowledgementCallback callback) {
            plain.remove(last);
            acknowledge = () -> {
                session.aboutToSend();
                callback.sendAcknowledgement();
            };
        }
        plain.replaceAll(SocketIo::plain);
        try {
            listener.event(name, Collections.unmodifiableList(plain), acknowledge);
        } catch (RuntimeException e) {
            // The library would end the client's connection and say nothing.
            RATIONED.log(Level.WARNING, "An event could not be handled", "event " + name, e);
        }
    }

    private static @Nullable Object plain(@Nullable Object json) {
        if (json instanceof JSONObject object) {
            return object.toMap();
        }
        return json instanceof JSONArray array ? array.toList() : json;
    }

    /** Ends every session. */
    @Override
    public void close() {
        sessions.values().forEach(Session::close);
        engine.shutdown();
        timers.shutdown();
        errands.shutdown();
    }
}
