package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.metrics.History;
import dev.osprey.referee.Referee;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin}: how the server is, how it was, what went wrong; now and as it goes on. */
@Singleton
@Path("admin")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Server")
public class OverviewResource {

    private final ServerView view;
    private final Lookout lookout;
    private final Referee referee;

    @Inject
    public OverviewResource(ServerView view, Lookout lookout, Referee referee) {
        this.view = view;
        this.lookout = lookout;
        this.referee = referee;
    }

    @GET
    @Path("overview")
    @Operation(summary = "State, totals since the start, memory and GPUs")
    public JsonObject overview() {
        return view.overview();
    }

    @GET
    @Path("history")
    @Operation(summary = "One point every two seconds, for up to 15 minutes")
    public JsonObject history(@QueryParam("minutes") @Nullable String minutes) {
        int most = (int) History.LENGTH.toMinutes();
        return view.history(Duration.ofMinutes(Parameters.number("minutes", minutes, most, 1, most)));
    }

    @GET
    @Path("problems")
    @Operation(summary = "Refusals and errors since the start, each kind once, the latest first")
    public JsonObject problems() {
        return view.problems();
    }

    /** Sessions that are being streamed, as {@code protocols/referee.md}, section 2.2, counts them; one that is over is a job. */
    @GET
    @Path("sessions")
    @Operation(summary = "Referee sessions that are being streamed")
    public JsonObject sessions(@Context HttpServletRequest request) {
        return referee.stats(Caller.of(request));
    }

    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "Server-Sent Events: overview, point, streams, jobs, models, problems")
    public void events(@Context SseEventSink sink, @Context Sse sse, @Context HttpServletRequest request) {
        lookout.follow(new SseWire(sink, sse, Caller.of(request)));
    }

    private record SseWire(SseEventSink sink, Sse sse, Caller caller) implements EventFollowers.Wire {

        @Override
        public void send(String event, String json) {
            if (sink.isClosed()) {
                throw new IllegalStateException("The client has gone");
            }
            OutboundSseEvent message = sse.newEventBuilder()
                    .name(event)
                    .mediaType(MediaType.TEXT_PLAIN_TYPE)
                    .data(String.class, json)
                    .build();
            sink.send(message).toCompletableFuture().join();
        }

        @Override
        public void close() {
            sink.close();
        }
    }
}
