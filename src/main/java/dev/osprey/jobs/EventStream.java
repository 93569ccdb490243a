package dev.osprey.jobs;

import dev.osprey.access.Caller;
import jakarta.json.JsonObject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A job's events to one client, as Server-Sent Events; ends with the job, with the client or its key, and with the server. */
final class EventStream implements Followers.Listener {

    private static final Logger LOG = System.getLogger(EventStream.class.getName());

    /**
     * Comments without an event between them, five minutes of them, after which the connection ends: over HTTP/2 the container may
     * not notice that a client has left as long as the client's connection has other work. One that is still there comes back.
     */
    private static final int MAX_COMMENTS = 60;

    private final SseEventSink sink;
    private final Sse sse;
    private final Caller caller;
    private int comments;
    /** Known a moment after the first event may have come. */
    private final CompletableFuture<AutoCloseable> following = new CompletableFuture<>();

    EventStream(SseEventSink sink, Sse sse, Caller caller) {
        this.sink = sink;
        this.sse = sse;
        this.caller = caller;
    }

    void begin(Jobs jobs, String id, long afterSequence, String account) {
        following.complete(jobs.watch(id, afterSequence, account, this));
    }

    @Override
    public void happened(JobEvent event) {
        comments = 0;
        JsonObject json = JobJson.event(event);
        send(sse.newEventBuilder()
                .id(Long.toString(event.sequence()))
                .name(JobJson.wireName(event.type()))
                .mediaType(MediaType.TEXT_PLAIN_TYPE)
                .data(String.class, json.toString())
                .build());
        if (event.type() == JobEvent.Type.STATE && event.state().isFinished()) {
            end();
        }
    }

    /** A comment, which finds out whether the client is still there. */
    @Override
    public void quiet() {
        comments++;
        if (comments > MAX_COMMENTS) {
            end();
            return;
        }
        send(sse.newEventBuilder().comment("quiet").build());
    }

    @Override
    public Optional<Caller> caller() {
        return Optional.of(caller);
    }

    @Override
    public void over() {
        end();
    }

    private void send(OutboundSseEvent event) {
        if (sink.isClosed()) {
            end();
            return;
        }
        try {
            sink.send(event).toCompletableFuture().join();
        } catch (CompletionException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "A client stopped following a job", e);
            end();
        }
    }

    private void end() {
        following
                .thenAccept(handle -> {
                    try {
                        handle.close();
                    } catch (Exception e) {
                        throw new IllegalStateException("Ending to follow cannot fail", e);
                    }
                })
                .join();
        sink.close();
    }
}
