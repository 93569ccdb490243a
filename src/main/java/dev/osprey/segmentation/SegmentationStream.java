package dev.osprey.segmentation;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import dev.osprey.imaging.Rendering;
import dev.osprey.inference.LatestTicket;
import dev.osprey.segmentation.FrameAnswers.Answer;
import dev.osprey.segmentation.FrameAnswers.Frame;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Mailbox;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of frames.
 *
 * <p>Every request that is answered reserves its place in the outbox when it arrives, so answers leave in the order of
 * requests whatever thread makes them. Frames wait in the mailbox of the segment they arrived in; a {@code change_mode}
 * ends a segment and opens the next, and so does a move of the stream's own where the client left the mode to it, so that no
 * frame is ever drawn with another mode's palette. At most one frame of a stream is with a worker; the next is submitted when
 * that one is done and the client has read enough.
 *
 * <p>Requests come one at a time. The stream's monitor guards its fields and is never held while a model runs or a
 * message is sent.
 */
final class SegmentationStream implements StreamEndpoint.Receiver {

    private static final Logger LOG = System.getLogger(SegmentationStream.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    /** Changes of mode that wait for the frames before them; far more than a person at a switch makes. */
    private static final int MAX_SEGMENTS = 8;

    private final Segmentation shared;
    private final Connection connection;
    private final Set<Feature> features;
    private final FrameAnswers answers;

    private final Deque<Segment> segments = new ArrayDeque<>();
    private Rendering rendering;
    private boolean busy;

    /** Of the frame that waits for its turn or has it. */
    private final LatestTicket ticket = new LatestTicket();

    private long submittedNanos;

    /** Frames that have come. */
    private long frames;

    /**
     * Frames of one mode that wait.
     *
     * @param opening answers the change that led here; null at the start
     * @param auto what chose the mode and may choose another; null where the client named it
     * @param move by which it was chosen; null where there was none
     */
    private record Segment(
            Mode mode,
            Mailbox<Frame> mailbox,
            @Nullable Place opening,
            @Nullable AutoMode auto,
            AutoMode.@Nullable Move move) {

        /** @param told the move that is told of; null where there was none */
        AutoMode.@Nullable Notice notice(AutoMode.@Nullable Move told) {
            return auto == null ? null : new AutoMode.Notice(auto.fps(), told);
        }
    }

    SegmentationStream(Segmentation shared, Connection connection, Set<Feature> features) {
        this.shared = shared;
        this.connection = connection;
        this.features = features;
        this.rendering = shared.defaultRendering();
        Mode first = shared.defaultMode();
        this.answers = new FrameAnswers(shared, connection.activity().id(), features, first);
        this.segments.add(new Segment(first, shared.mailbox(), null, null, null));
    }

    /** Greets the client; to be called once, before any request. */
    void open() {
        connection.outbox().whenRoomIsMade(this::dispatch);
        connection.activity().mode(shared.defaultMode().wireName());
        answer(answers.greeting());
    }

    /** The connection has ended: what waits is forgotten, what runs is not sent. */
    @Override
    public void end() {
        connection.end();
        synchronized (this) {
            segments.forEach(segment -> segment.mailbox().clear());
        }
        ticket.cancel();
    }

    boolean wants(Feature feature) {
        return features.contains(feature);
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void text(String message) {
        receive(RequestReader.read(message));
    }

    @Override
    public void binary(ByteBuffer message) {
        receive(
                wants(Feature.BINARY)
                        ? RequestReader.read(message)
                        : new Request.Malformed(
                                "A binary message was sent on a connection that did not ask for the feature binary"));
    }

    /** Takes one request; never waits. */
    void receive(Request request) {
        if (request instanceof Request.Frame frame) {
            frame(frame);
        } else if (request instanceof Request.BrokenFrame broken) {
            answerError("INFERENCE_FAILED", broken.message());
        } else if (request instanceof Request.ChangeMode change) {
            changeMode(change);
        } else if (request instanceof Request.UpdateVisualization update) {
            updateVisualization(update.settings());
        } else if (request instanceof Request.GetStats) {
            answer(answers::stats);
        } else if (request instanceof Request.Malformed malformed) {
            malformed(malformed.message());
        }
    }

    private void frame(Request.Frame request) {
        Optional<Place> place;
        synchronized (this) {
            // In one step: a move of the stream's own must not come between the answer's place and the frame's segment.
            place = connection.outbox().tryReserve();
            place.ifPresent(reserved -> add(request, reserved));
        }
        if (place.isPresent()) {
            dispatch();
        } else {
            connection.closeFlooded();
        }
    }

    private void add(Request.Frame request, Place place) {
        List<Answer> owed = new ArrayList<>(1);
        owed.add(new Answer(place, request.timestamp(), request.binary()));
        Segment last = segments.getLast();
        Frame frame = new Frame(++frames, request.image(), rendering, shared.nanoTime(), owed);
        last.mailbox().offer(frame).ifPresent(replaced -> {
            // Its answer is owed all the same: it gets the picture of the frame that is now first.
            last.mailbox().oldest().orElse(frame).answers().addAll(0, replaced.answers());
            shared.replaced(connection.activity().id(), last.mode(), replaced);
            connection.activity().replaced();
        });
    }

    private void changeMode(Request.ChangeMode change) {
        Optional<Mode> mode = change.mode().flatMap(Mode::ofWireName);
        if (mode.isPresent()) {
            append(mode, null);
        } else if (change.mode().equals(Optional.of(AutoMode.WIRE_NAME))) {
            try {
                double fps = AutoMode.fps(change.fps());
                append(mode, new AutoMode(fps, shared.trials(), shared.nanoTime()));
            } catch (OspreyException e) {
                answerError("INVALID_MODE", e.detail());
            }
        } else {
            // "None" is what the protocol's first implementation says of a missing mode.
            answerError(
                    "INVALID_MODE",
                    "Invalid model mode: " + shortened(change.mode().orElse("None")));
        }
    }

    /** @param mode that the client named; nothing for the one that is or will be in force by then */
    private void append(Optional<Mode> mode, @Nullable AutoMode auto) {
        Optional<Place> place;
        boolean tooMany;
        synchronized (this) {
            place = connection.outbox().tryReserve();
            tooMany = segments.size() > MAX_SEGMENTS;
            Mode next = mode.orElse(segments.getLast().mode());
            place.ifPresent(opening -> segments.add(new Segment(next, shared.mailbox(), opening, auto, null)));
        }
        if (place.isEmpty()) {
            connection.closeFlooded();
        } else if (tooMany) {
            connection.close(
                    CloseCode.POLICY_VIOLATED,
                    "%d mode changes wait for frames before them, the limit is %d"
                            .formatted(MAX_SEGMENTS + 1, MAX_SEGMENTS));
        } else {
            dispatch();
        }
    }

    private void updateVisualization(JsonValue settings) {
        try {
            VisualizationUpdate update;
            synchronized (this) {
                List<String> labels = shared.manifest(segments.getLast().mode()).labels();
                update = VisualizationUpdate.of(rendering, settings, labels);
                rendering = update.rendering();
            }
            answer(() -> Messages.visualizationUpdated(update.recognised()));
        } catch (OspreyException e) {
            answerError("VIZ_UPDATE_FAILED", e.detail());
        }
    }

    private void malformed(String message) {
        if (connection.tryForgive()) {
            answerError("INVALID_MESSAGE", message);
        } else {
            int limit = shared.config().stream().maxMalformedMessages();
            connection.close(
                    CloseCode.POLICY_VIOLATED, "%d malformed messages, the limit is %d".formatted(limit + 1, limit));
        }
    }

    private void answerError(String code, String message) {
        shared.failed(code, message);
        answer(() -> Messages.error(code, message));
    }

    private void answer(Supplier<Reply> reply) {
        Optional<Place> place = connection.outbox().tryReserve();
        if (place.isPresent()) {
            place.get().fill(reply);
        } else {
            connection.closeFlooded();
        }
    }

    /** Starts what can be started: the next frame, or the next segment where all frames of this one are answered. */
    private void dispatch() {
        Segment left = null;
        Segment current;
        synchronized (this) {
            current = segments.getFirst();
            if (busy || connection.hasEnded()) {
                return;
            }
            if (!current.mailbox().isEmpty()) {
                if (connection.outbox().isCongested()) {
                    return;
                }
            } else if (segments.size() > 1) {
                left = segments.removeFirst();
                current = segments.getFirst();
            } else {
                return;
            }
            busy = true;
        }
        if (left != null) {
            enter(current, left);
        } else {
            submit(current.mode());
        }
    }

    private void submit(Mode mode) {
        synchronized (this) {
            submittedNanos = shared.nanoTime();
        }
        ticket.submit(() -> shared.submit(mode, this));
    }

    private void enter(Segment segment, Segment previous) {
        AutoMode.Move move = segment.move();
        if (shared.isReady(segment.mode())) {
            entered(segment);
        } else if (move != null) {
            // Its model has gone since the mode was chosen. Nobody asked for it, so nothing is loaded for it.
            Segment stay = new Segment(
                    previous.mode(), segment.mailbox(), segment.opening(), segment.auto(), move.withdrawn());
            replaceFirst(stay);
            entered(stay);
        } else {
            load(segment, previous);
        }
    }

    private void load(Segment segment, Segment previous) {
        shared.load(segment.mode(), () -> entered(segment), () -> {
            // Why is the operator's business: it may tell of files and budgets.
            String message = "The model of the mode " + segment.mode().wireName()
                    + " could not be loaded; the mode stays "
                    + previous.mode().wireName();
            shared.failed("MODE_CHANGE_FAILED", message);
            fill(segment.opening(), () -> Messages.error("MODE_CHANGE_FAILED", message));
            replaceFirst(new Segment(previous.mode(), segment.mailbox(), null, previous.auto(), null));
            free();
        });
    }

    private synchronized void replaceFirst(Segment segment) {
        segments.removeFirst();
        segments.addFirst(segment);
    }

    private void entered(Segment segment) {
        AutoMode auto = segment.auto();
        AutoMode.Move move = segment.move();
        if (auto != null && move != null) {
            synchronized (this) {
                auto.entered(move, shared.nanoTime());
            }
        }
        connection.activity().mode(segment.mode().wireName());
        fill(segment.opening(), answers.entered(segment.mode(), segment.notice(move)));
        free();
    }

    /**
     * Lets the stream choose another mode, where its client left that to it. Called between a turn and the next.
     *
     * @param turn that is over; null where the frame failed
     */
    private synchronized void steer(Segment segment, AutoMode.@Nullable Turn turn) {
        AutoMode auto = segment.auto();
        // Frames and changes that wait behind this segment are in another mode already.
        if (auto == null || segments.size() > 1) {
            return;
        }
        Map<Mode, Long> quickestRuns = shared.quickestRuns();
        Optional<AutoMode.Move> move = turn == null
                ? auto.failed(segment.mode(), quickestRuns)
                : auto.turned(segment.mode(), turn, quickestRuns, shared.nanoTime());
        move.ifPresent(chosen -> connection
                .outbox()
                .tryReserve()
                .ifPresent(opening -> segments.add(new Segment(chosen.to(), shared.mailbox(), opening, auto, chosen))));
    }

    private static void fill(@Nullable Place place, Supplier<Reply> reply) {
        if (place != null) {
            place.fill(reply);
        }
    }

    private void free() {
        synchronized (this) {
            busy = false;
        }
        dispatch();
    }

    /** The frame whose turn has come; nothing, and the stream free for the next, where it has none any more. */
    Optional<Segmenter.Order> take() {
        Segment segment;
        Optional<Frame> frame;
        long queueNanos;
        long now = shared.nanoTime();
        synchronized (this) {
            segment = segments.getFirst();
            frame = segment.mailbox().take();
            queueNanos = now - submittedNanos;
        }
        if (frame.isEmpty() || connection.hasEnded()) {
            free();
            return Optional.empty();
        }
        return Optional.of(new Turn(frame.get(), segment, queueNanos, now));
    }

    /** A frame with a worker; its answer makes the stream free for the next. */
    private final class Turn implements Segmenter.Order {

        private final Frame frame;
        private final Segment segment;
        private final long queueNanos;
        private final long takenNanos;
        private boolean over;

        /** @param queueNanos from when it was the stream's next frame to when it was taken */
        Turn(Frame frame, Segment segment, long queueNanos, long takenNanos) {
            this.frame = frame;
            this.segment = segment;
            this.queueNanos = queueNanos;
            this.takenNanos = takenNanos;
        }

        @Override
        public ByteBuffer image() {
            return frame.image();
        }

        @Override
        public @Nullable Rendering rendering() {
            return wants(Feature.MASK) ? null : frame.rendering();
        }

        @Override
        public void answer(Segmented segmented) {
            end(() -> {
                try {
                    answers.answered(frame, segment.mode(), segment.notice(null), segmented, takenNanos);
                    long answeredNanos = shared.nanoTime();
                    connection.activity().answered(Duration.ofNanos(answeredNanos - frame.arrivalNanos()));
                    long serviceNanos = answeredNanos - takenNanos;
                    steer(
                            segment,
                            new AutoMode.Turn(
                                    queueNanos, serviceNanos, segmented.times().run()));
                } catch (RuntimeException | Error e) {
                    failed(new OspreyException(ErrorCode.MODEL_FAILED, "The frame could not be processed", e));
                }
            });
        }

        @Override
        public void fail(OspreyException why) {
            end(() -> failed(why));
        }

        private void failed(OspreyException why) {
            if (why.code() == ErrorCode.MODEL_FAILED) {
                RATIONED.log(
                        Level.WARNING,
                        "A frame could not be processed",
                        "stream " + connection.activity().id() + ", mode "
                                + segment.mode().wireName(),
                        why);
            }
            if (!connection.hasEnded()) {
                answers.failed(frame, segment.mode(), why, takenNanos);
                steer(segment, null);
            }
        }

        private void end(Runnable telling) {
            if (over) {
                return;
            }
            over = true;
            try {
                telling.run();
            } finally {
                free();
            }
        }
    }

    private static String shortened(String value) {
        return value.length() <= 200 ? value : value.substring(0, 200) + "...";
    }
}
