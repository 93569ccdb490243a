package dev.osprey.studio;

import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobEvent;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.socketio.IoClient;
import dev.osprey.socketio.IoListener;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A client over Socket.IO, who may also be none of the studio's ({@code protocols/studio.md}, 7). It hears of a job what the job's
 * log says, from where it came in to the end, which it hears once.
 */
final class StudioListener implements IoListener {

    private static final Logger LOG = System.getLogger(StudioListener.class.getName());

    /** Ids that one client may have subscribed to, of whatever job or none. How many jobs it follows is for {@code Jobs} to bound. */
    private static final int MOST_SUBSCRIBED = 256;

    private final Watchers watchers;
    private final IoClient socket;

    /** The protocol's ids that were subscribed to. */
    private final Set<String> subscriptions = ConcurrentHashMap.newKeySet();

    private final Map<String, Following> followed = new ConcurrentHashMap<>();

    /** Jobs whose end was told, as many of the newest as could still be told of by somebody else. */
    private final Set<String> over = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > 4 * MOST_SUBSCRIBED;
        }
    });

    private volatile boolean ended;

    /** Whether it has ever said what it wants to hear of. */
    private volatile boolean chooses;

    StudioListener(Watchers watchers, IoClient socket) {
        this.watchers = watchers;
        this.socket = socket;
        // Until it shows that it is another capability's.
        socket.activity().serves("studio");
        watchers.enter(this);
        socket.emit(
                "connected",
                Json.createObjectBuilder()
                        .add("status", "Connected to Osprey")
                        .add("mode", Descriptions.MODE)
                        .build());
    }

    String address() {
        return socket.address();
    }

    /** Whether the job is its client's to see. */
    boolean sees(Job job) {
        return socket.caller().sees(job.owner());
    }

    /** Whether it says itself what it wants to hear of. */
    boolean chooses() {
        return chooses;
    }

    boolean subscribedTo(String id) {
        return subscriptions.contains(id);
    }

    @Override
    public void event(String name, List<@Nullable Object> arguments, Runnable acknowledge) {
        switch (name) {
            case "subscribe_job" -> {
                String id = id(arguments);
                if (id != null) {
                    subscribe(id);
                }
            }
            case "subscribe" -> {
                String id = id(arguments);
                if (id == null) {
                    socket.emit(
                            "error",
                            Json.createObjectBuilder()
                                    .add("message", "job_id required for subscription")
                                    .build());
                } else {
                    socket.emit("subscribed", about(id));
                    subscribe(id);
                }
            }
            case "unsubscribe" -> {
                String id = id(arguments);
                if (id != null) {
                    unsubscribe(id);
                    socket.emit("unsubscribed", about(id));
                }
            }
            case "ping" ->
                socket.emit(
                        "pong",
                        Json.createObjectBuilder()
                                .add("timestamp", Instant.now().toString())
                                .build());
            default -> {
                // Another capability's.
                return;
            }
        }
        acknowledge.run();
    }

    private static @Nullable String id(List<@Nullable Object> arguments) {
        Object first = arguments.isEmpty() ? null : arguments.get(0);
        Object id = first instanceof Map<?, ?> fields ? fields.get("job_id") : null;
        return id instanceof String text && FileName.isId(text) ? text : null;
    }

    private static JsonObject about(String id) {
        return Json.createObjectBuilder().add("job_id", id).build();
    }

    private void subscribe(String id) {
        if (subscriptions.size() >= MOST_SUBSCRIBED && !subscriptions.contains(id)) {
            socket.emit(
                    "error",
                    Json.createObjectBuilder()
                            .add(
                                    "message",
                                    "%d jobs are subscribed to, the limit is %d"
                                            .formatted(MOST_SUBSCRIBED, MOST_SUBSCRIBED))
                            .build());
            return;
        }
        subscriptions.add(id);
        chooses = true;
        try {
            watchers.errands().execute(() -> begin(id));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "The server stops", e);
        }
    }

    /** Tells the present state, and what follows. */
    private void begin(String id) {
        try {
            Optional<Job> newest = newest(id);
            if (newest.isEmpty()) {
                return;
            }
            Job job = newest.get();
            if (job.kind().equals(UploadJob.KIND)) {
                // Its end is no result: what is made of the picture is told of when it is asked for.
                socket.emit("job_update", Status.of(job));
                return;
            }
            Following fresh = new Following(job, Optional.empty());
            Following before = followed.putIfAbsent(job.id(), fresh);
            if (before != null) {
                before.subscribed();
            } else if (wasOver(job)) {
                // What was read may be older than what has been told.
                fresh.close();
                tellAgain(job.id());
            } else {
                fresh.subscribed();
            }
        } catch (OspreyException e) {
            LOG.log(Level.DEBUG, "A job cannot be looked at: {0}", e.reason());
        }
    }

    /** Whoever asks again hears it again, be it the end. */
    private void tellAgain(String job) {
        watchers.jobs().find(job).map(Status::of).ifPresent(status -> socket.emit("job_update", status));
    }

    private Optional<Job> newest(String id) {
        Optional<Job> source = watchers.jobs().find(id).filter(this::sees);
        return watchers.jobs().named(MeshJob.KIND, id, Studio.MOST_RESULTS).stream()
                .filter(job -> job.state() != Job.State.EXPIRED)
                // A solid is told of to whom its picture, or the solid itself, belongs.
                .filter(job -> source.isPresent() || sees(job))
                .findFirst()
                .or(() -> source.filter(StudioListener::isSource).filter(job -> job.state() != Job.State.EXPIRED));
    }

    /** Other jobs, of other capabilities among them, have no words in the protocol. */
    private static boolean isSource(Job job) {
        return job.kind().equals(UploadJob.KIND) || job.kind().equals(PictureJob.KIND);
    }

    private void unsubscribe(String id) {
        subscriptions.remove(id);
        followed.values().stream().filter(following -> following.id.equals(id)).forEach(Following::close);
    }

    /** Tells of a job from now on, unless that is so already. */
    void follow(Job job, Optional<Batch> batch) {
        if (ended || wasOver(job)) {
            return;
        }
        Following following = new Following(job, batch);
        if (followed.putIfAbsent(job.id(), following) == null) {
            following.begin();
        }
    }

    private void isOver(Job job) {
        synchronized (over) {
            over.add(job.id());
        }
    }

    private boolean wasOver(Job job) {
        synchronized (over) {
            return over.contains(job.id());
        }
    }

    @Override
    public void end() {
        ended = true;
        watchers.leave(this);
        List.copyOf(followed.values()).forEach(Following::close);
    }

    /** What is said of one job. */
    private final class Following {

        private final Job job;
        private final String id;
        private final Optional<Batch> batch;

        private JsonObject last;
        private double progress;
        private String stage = "";
        private boolean closed;
        private @Nullable AutoCloseable handle;

        Following(Job job, Optional<Batch> batch) {
            this.job = job;
            this.id = Status.id(job);
            this.batch = batch;
            this.last = Status.of(job);
            this.progress = job.progress();
        }

        synchronized void begin() {
            if (closed || handle != null) {
                return;
            }
            try {
                handle = watchers.jobs().follow(job.id(), 0, socket.caller().account(socket.address()), this::happened);
            } catch (OspreyException e) {
                // It asks by HTTP.
                LOG.log(Level.DEBUG, "A client hears nothing of a job: {0}", e.reason());
                if (subscribedTo(id)) {
                    socket.emit(
                            "error",
                            Json.createObjectBuilder()
                                    .add("job_id", id)
                                    .add("message", e.detail())
                                    .build());
                }
                close();
            }
            if (ended) {
                close();
            }
        }

        /** Answers a subscription with what was told last, and tells what follows. */
        synchronized void subscribed() {
            if (closed) {
                tellAgain(job.id());
                return;
            }
            socket.emit("job_update", last);
            if (job.state().isFinished()) {
                isOver(job);
                close();
            } else {
                begin();
            }
        }

        private synchronized void happened(JobEvent event) {
            if (closed || (event.progress() < progress && !event.state().isFinished())) {
                return;
            }
            progress = Math.max(progress, event.progress());
            if (!event.state().isFinished()) {
                tell(event);
            } else if (event.type() == JobEvent.Type.STATE) {
                // First: where the store is away, the event comes again.
                Optional<Job> done = watchers.jobs().find(job.id());
                isOver(job);
                close();
                done.ifPresent(this::tellEnd);
            }
        }

        private void tell(JobEvent event) {
            // It does not read: the next will be newer.
            if (socket.isCongested()) {
                return;
            }
            JsonObject status = Status.of(job, event, progress);
            last = status;
            socket.emit("job_update", status);
            socket.emit(
                    "generation_progress",
                    Json.createObjectBuilder()
                            .add("job_id", id)
                            .add("progress", status.get("progress"))
                            .add("stage", event.stage())
                            .add("step", status.get("step"))
                            .build());
            if (!event.message().equals(stage)) {
                stage = event.message();
                socket.emit(
                        "stage_change",
                        Json.createObjectBuilder()
                                .add("job_id", id)
                                .add("stage", stage)
                                .build());
            }
        }

        private void tellEnd(Job done) {
            JsonObject status = Status.of(done);
            socket.emit("job_update", status);
            if (done.state() == Job.State.SUCCEEDED) {
                String name = status.getString("output_file", status.getString("filename", ""));
                String url = status.getString("download_url", status.getString("preview_url", ""));
                socket.emit(
                        "generation_complete",
                        Json.createObjectBuilder()
                                .add("job_id", id)
                                .add("output_file", url)
                                .add("filename", name)
                                .add("download_url", url)
                                .add("success", true)
                                .build());
            } else {
                socket.emit(
                        "generation_error",
                        Json.createObjectBuilder()
                                .add("job_id", id)
                                .add("error", Status.reason(done))
                                .add("success", false)
                                .build());
            }
            batch.ifPresent(whole -> socket.emit("batch_progress", progress(whole, whole.ended(done.id()))));
        }

        private JsonObject progress(Batch whole, int completed) {
            int usedMib = watchers.models().status().stream()
                    .filter(status -> status.state() == ModelStatus.State.READY)
                    .mapToInt(ModelStatus::memoryMib)
                    .sum();
            return Json.createObjectBuilder()
                    .add("completed", completed)
                    .add("total", whole.total())
                    .add(
                            "gpu_usage",
                            Json.createObjectBuilder()
                                    .add("memory_used_mb", usedMib)
                                    .add("memory_total_mb", watchers.memoryBudgetMib()))
                    .build();
        }

        synchronized void close() {
            closed = true;
            followed.remove(job.id(), this);
            AutoCloseable held = handle;
            handle = null;
            if (held != null) {
                try {
                    held.close();
                } catch (Exception e) {
                    LOG.log(Level.DEBUG, "A job could not be let go", e);
                }
            }
        }
    }
}
