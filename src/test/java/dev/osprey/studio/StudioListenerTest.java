package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Bench;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.socketio.IoClient;
import dev.osprey.stream.Activity;
import dev.osprey.stream.CloseCode;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client over Socket.IO hears of jobs that go on step by step as the test says. */
class StudioListenerTest {

    private static final int MOST_SUBSCRIBED = 256;

    private final Stepped solids = new Stepped();
    private final StudioBench bench;

    StudioListenerTest(@TempDir Path folder) {
        bench = new StudioBench(folder, solids);
    }

    @AfterEach
    void close() throws InterruptedException {
        solids.end();
        bench.close();
    }

    /** A solid, of which each step is told by the test. */
    private static final class Stepped implements JobKind {

        private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
        private int told;

        /** Reports a quarter more, with a message. */
        void step(String message) {
            steps.add(message);
        }

        void end() {
            steps.add("");
        }

        void fail() {
            steps.add("!");
        }

        @Override
        public String name() {
            return MeshJob.KIND;
        }

        @Override
        public int concurrency() {
            return 1;
        }

        @Override
        public String run(JobRun run) throws InterruptedException {
            double progress = 0;
            for (String step = steps.take(); !step.isEmpty(); step = steps.take()) {
                if (step.equals("!")) {
                    throw new OspreyException(ErrorCode.MODEL_FAILED, "The model failed");
                }
                progress = Math.min(1, progress + 0.25);
                // Another stage each time: of one that goes on, only what comes a while later is stored.
                told++;
                run.progress("stage " + told, progress, step);
            }
            return "{\"triangles\":12}";
        }
    }

    private record Event(String name, JsonObject argument) {
        /** The protocol's id of the job that it is about. */
        String job() {
            return argument.getString("job_id", "");
        }

        String status() {
            return argument.getString("status", "");
        }
    }

    /** Keeps what it is sent. */
    private static final class Client implements IoClient {

        private final Caller caller;
        private final Activity activity = new Activity();
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private volatile boolean congested;

        Client(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void emit(String event, JsonObject argument) {
            events.add(new Event(event, argument));
        }

        @Override
        public boolean isCongested() {
            return congested;
        }

        @Override
        public String address() {
            return "192.0.2.1";
        }

        @Override
        public Caller caller() {
            return caller;
        }

        @Override
        public Activity activity() {
            return activity;
        }

        @Override
        public int waiting() {
            return 0;
        }

        @Override
        public void close(CloseCode code, String reason) {
            throw new IllegalStateException("Nobody is sent away");
        }

        Event next() throws InterruptedException {
            Event event = events.poll(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("No event came");
            }
            return event;
        }

        /** The next of that name, whatever comes before. */
        Event next(String name) throws InterruptedException {
            Event event = next();
            while (!event.name().equals(name)) {
                event = next();
            }
            return event;
        }

        /** What else it has been sent so far. */
        List<String> rest() {
            List<Event> rest = new ArrayList<>();
            events.drainTo(rest);
            return rest.stream().map(Event::name).toList();
        }
    }

    private StudioListener connect(Client client) throws InterruptedException {
        StudioListener listener = new StudioListener(bench.watchers, client);
        assertEquals("connected", client.next().name());
        return listener;
    }

    /** @return how often it was acknowledged */
    private static int say(StudioListener listener, String event, @Nullable Object... arguments) {
        int[] acknowledged = new int[1];
        listener.event(event, Arrays.asList(arguments), () -> acknowledged[0]++);
        return acknowledged[0];
    }

    private static int say(StudioListener listener, String event, Job job) {
        return say(listener, event, Map.of("job_id", job.id()));
    }

    private Job solid(Job picture) throws Exception {
        return bench.studio.submit(StudioBench.request(picture, "stl"), StudioBench.ONE);
    }

    private int followers() {
        return (int) bench.bench.meters.value("osprey_job_followers");
    }

    @Test
    void answersWhatIsTheStudiosAndNothingElse() throws Exception {
        Client client = new Client(StudioBench.ONE);
        StudioListener listener = connect(client);
        assertEquals("studio", client.activity().capability());
        assertEquals(1, bench.watchers.count());
        assertEquals(1, say(listener, "ping"));
        assertEquals("pong", client.next().name());
        assertEquals(0, say(listener, "frame", Map.of("data", "")));
        for (Object argument : new Object[] {"", 1, Map.of("job_id", 1), Map.of("job_id", "../etc"), List.of()}) {
            assertEquals(1, say(listener, "subscribe_job", argument));
            assertEquals(1, say(listener, "unsubscribe", argument));
            assertEquals(List.of(), client.rest());
            assertEquals(1, say(listener, "subscribe", argument));
            Event error = client.next();
            assertEquals("error", error.name());
            assertEquals("job_id required for subscription", error.argument().getString("message"));
        }
        assertEquals(1, say(listener, "subscribe"));
        assertEquals("error", client.next().name());
        assertFalse(listener.chooses());
        listener.end();
        assertEquals(0, bench.watchers.count());
    }

    @Test
    void tellsOfAJobFromItsPresentStateToItsEndWhichIsToldOnce() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Client client = new Client(StudioBench.ONE);
        StudioListener listener = connect(client);
        say(listener, "subscribe", picture);
        assertEquals("subscribed", client.next().name());
        Event uploaded = client.next();
        assertEquals("job_update", uploaded.name());
        assertEquals("pending", uploaded.status());
        assertEquals(0, followers());

        Job solid = solid(picture);
        solids.step("Looking");
        say(listener, "subscribe_job", picture);
        List<Event> events = new ArrayList<>();
        // Otherwise it may be over before the subscription is dealt with.
        do {
            events.add(client.next());
        } while (!events.get(events.size() - 1)
                        .argument()
                        .getString("stage", "")
                        .equals("Looking")
                || !events.get(events.size() - 1).name().equals("stage_change"));
        solids.step("Carving");
        solids.end();
        do {
            events.add(client.next());
        } while (!events.get(events.size() - 1).name().equals("generation_complete"));
        int last = -1;
        for (Event event : events) {
            assertEquals(picture.id(), event.job(), event::toString);
            if (event.name().equals("job_update")) {
                int progress = event.argument().getInt("progress");
                assertTrue(progress >= last, events::toString);
                last = progress;
            }
        }
        assertEquals(
                List.of("Looking", "Carving"),
                events.stream()
                        .filter(event -> event.name().equals("stage_change"))
                        .map(event -> event.argument().getString("stage"))
                        .filter(stage -> !stage.isEmpty())
                        .toList());
        Event update = events.get(events.size() - 2);
        assertEquals("job_update", update.name());
        assertEquals("completed", update.status());
        assertEquals(12, update.argument().getInt("triangles"));
        JsonObject complete = events.get(events.size() - 1).argument();
        String file = "model_" + picture.id() + ".stl";
        assertEquals(file, complete.getString("filename"));
        assertEquals("/api/download/" + picture.id() + "/" + file, complete.getString("download_url"));
        assertEquals(List.of(), client.rest());
        assertEquals(0, followers());

        // Nobody tells of it again unasked; who asks hears it, without the end's own event.
        listener.follow(bench.jobs.find(solid.id()).orElseThrow(), Optional.empty());
        assertEquals(List.of(), client.rest());
        say(listener, "subscribe_job", picture);
        assertEquals("completed", client.next("job_update").status());
        assertEquals(List.of(), client.rest());
    }

    @Test
    void tellsWhyAJobHasFailed() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Job solid = solid(picture);
        Client client = new Client(StudioBench.ONE);
        StudioListener listener = connect(client);
        listener.follow(solid, Optional.of(new Batch(3)));
        solids.fail();
        JsonObject error = client.next("generation_error").argument();
        assertEquals(picture.id(), error.getString("job_id"));
        assertEquals("The model failed", error.getString("error"));
        assertFalse(error.getBoolean("success"));
        JsonObject batch = client.next("batch_progress").argument();
        assertEquals(1, batch.getInt("completed"));
        assertEquals(3, batch.getInt("total"));
        assertTrue(batch.getJsonObject("gpu_usage").getInt("memory_used_mb") > 0, batch::toString);
    }

    @Test
    void tellsNothingOfWhatIsAnothersOrOfNobody() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Job solid = solid(picture);
        Client other = new Client(StudioBench.OTHER);
        StudioListener listener = connect(other);
        assertFalse(listener.sees(solid));
        say(listener, "subscribe_job", picture);
        say(listener, "subscribe_job", solid);
        say(listener, "subscribe_job", Map.of("job_id", UUID.randomUUID().toString()));
        Client owner = new Client(StudioBench.ONE);
        say(connect(owner), "subscribe_job", picture);
        // Otherwise it may be over before the subscription is dealt with.
        owner.next("job_update");
        solids.step("Looking");
        solids.end();
        owner.next("generation_complete");
        assertEquals(List.of(), other.rest());
        assertEquals(0, followers());
    }

    @Test
    void tellsNothingMoreToWhoUnsubscribesOrLeaves() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Job solid = solid(picture);
        Client bored = new Client(StudioBench.ONE);
        Client gone = new Client(StudioBench.ONE);
        Client stays = new Client(StudioBench.ONE);
        StudioListener first = connect(bored);
        StudioListener second = connect(gone);
        for (StudioListener listener : List.of(first, second, connect(stays))) {
            say(listener, "subscribe_job", picture);
        }
        for (Client client : List.of(bored, gone, stays)) {
            client.next("job_update");
        }
        solids.step("Looking");
        for (Client client : List.of(bored, gone, stays)) {
            while (!"Looking".equals(client.next("stage_change").argument().getString("stage"))) {
                // That it has begun is a stage as well.
            }
        }
        assertEquals(3, followers());
        assertEquals(1, say(first, "unsubscribe", picture));
        assertEquals("unsubscribed", bored.next().name());
        second.end();
        assertEquals(1, followers());
        solids.step("Carving");
        solids.end();
        stays.next("generation_complete");
        assertEquals(List.of(), bored.rest());
        assertEquals(List.of(), gone.rest());
        second.follow(solid, Optional.empty());
        assertEquals(0, followers());
    }

    /** Of what goes on; the end it hears all the same. */
    @Test
    void leavesOutWhatAClientThatDoesNotReadCanDoWithout() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Job solid = solid(picture);
        Client client = new Client(StudioBench.ONE);
        client.congested = true;
        StudioListener listener = connect(client);
        listener.follow(solid, Optional.empty());
        solids.step("Looking");
        solids.step("Carving");
        solids.end();
        Event first = client.next();
        assertEquals("job_update", first.name());
        assertEquals("completed", first.status());
        assertEquals("generation_complete", client.next().name());
    }

    @Test
    void saysHowMuchMayBeSubscribedTo() throws Exception {
        Client client = new Client(StudioBench.ONE);
        StudioListener listener = connect(client);
        String first = UUID.randomUUID().toString();
        say(listener, "subscribe_job", Map.of("job_id", first));
        for (int i = 1; i < MOST_SUBSCRIBED; i++) {
            say(listener, "subscribe_job", Map.of("job_id", UUID.randomUUID().toString()));
        }
        assertEquals(List.of(), client.rest());
        say(listener, "subscribe_job", Map.of("job_id", UUID.randomUUID().toString()));
        assertEquals(
                "256 jobs are subscribed to, the limit is 256",
                client.next("error").argument().getString("message"));
        say(listener, "subscribe_job", Map.of("job_id", first));
        say(listener, "unsubscribe", Map.of("job_id", first));
        assertEquals("unsubscribed", client.next().name());
        say(listener, "subscribe_job", Map.of("job_id", UUID.randomUUID().toString()));
        assertEquals(List.of(), client.rest());
    }

    /** Others still may: the limit is one caller's. */
    @Test
    void saysThatACallerFollowsAsMuchAsItMay() throws Exception {
        Job one = bench.upload(1, StudioBench.ONE);
        Job two = bench.upload(2, StudioBench.ONE);
        bench.bench.set("url", "unused", "max-followers-per-caller", "1");
        solid(one);
        solid(two);
        Client client = new Client(StudioBench.ONE);
        StudioListener listener = connect(client);
        say(listener, "subscribe_job", one);
        // From the log: it is followed.
        client.next("generation_progress");
        say(listener, "subscribe_job", two);
        JsonObject error = client.next("error").argument();
        assertEquals(two.id(), error.getString("job_id"));
        assertEquals(
                "You follow 1 jobs already, the limit for one caller is 1 (osprey.jobs.max-followers-per-caller)",
                error.getString("message"));
        assertEquals(1, followers());
        solids.end();
        solids.end();
        client.next("generation_complete");
    }
}
