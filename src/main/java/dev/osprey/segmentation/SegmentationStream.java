package dev.osprey.segmentation;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.inference.Ticket;
import dev.osprey.segmentation.FrameAnswers.Answer;
import dev.osprey.segmentation.FrameAnswers.Frame;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Mailbox;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of frames.
 *
 * <p>Every request that is answered reserves its place in the outbox when it arrives, so answers leave in the order of
 * requests whatever thread makes them. Frames wait in the mailbox of the segment they arrived in; a {@code change_mode}
 * ends a segment and opens the next, so that no frame is ever drawn with another mode's palette. At most one frame of a
 * stream is with a worker; the next is submitted when that one is done and the client has read enough.
 *
 * <p>Requests come one at a time. The stream's monitor guards its fields and is never held while a model runs or a
 * message is sent.
 */
final class SegmentationStream {

    private static final Logger LOG = System.getLogger(SegmentationStream.class.getName());

    /** Changes of mode that wait for the frames before them; far more than a person at a switch makes. */
    private static final int MAX_SEGMENTS = 8;

    private final Segmentation shared;
    private final Connection connection;
    private final Set<Feature> features;
    private final FrameAnswers answers;

    private final Deque<Segment> segments = new ArrayDeque<>();
    private Rendering rendering;
    private boolean busy;

    /** The frame that waits for its turn or has it. */
    private @Nullable Ticket ticket;

    private int submissions;

    /** Frames of one mode that wait; {@code opening} answers the change that led here, null at the start. */
    private record Segment(
            Mode mode, Mailbox<Frame> mailbox, @Nullable Place opening) {}

    SegmentationStream(Segmentation shared, Connection connection, Set<Feature> features) {
        this.shared = shared;
        this.connection = connection;
        this.features = features;
        this.rendering = shared.defaultRendering();
        this.answers = new FrameAnswers(shared, features);
        this.segments.add(new Segment(shared.defaultMode(), shared.mailbox(), null));
    }

    /** Greets the client; to be called once, before any request. */
    void open() {
        connection.outbox().whenRoomIsMade(this::dispatch);
        answer(answers.greeting());
    }

    /** The connection has ended: what waits is forgotten, what runs is not sent. */
    void end() {
        connection.end();
        Ticket unwanted;
        synchronized (this) {
            segments.forEach(segment -> segment.mailbox().clear());
            unwanted = ticket;
        }
        if (unwanted != null) {
            unwanted.cancel();
        }
    }

    boolean wants(Feature feature) {
        return features.contains(feature);
    }

    Connection connection() {
        return connection;
    }

    /** Takes one request; never waits. */
    void receive(Request request) {
        if (request instanceof Request.Frame frame) {
            frame(frame);
        } else if (request instanceof Request.BrokenFrame broken) {
            answerError("INFERENCE_FAILED", broken.message());
        } else if (request instanceof Request.ChangeMode change) {
            changeMode(change.mode());
        } else if (request instanceof Request.UpdateVisualization update) {
            updateVisualization(update.settings());
        } else if (request instanceof Request.GetStats) {
            answer(answers::stats);
        } else if (request instanceof Request.Malformed malformed) {
            malformed(malformed.message());
        }
    }

    private void frame(Request.Frame request) {
        Optional<Place> place = tryReserve();
        if (place.isEmpty()) {
            return;
        }
        List<Answer> owed = new ArrayList<>(1);
        owed.add(new Answer(place.get(), request.timestamp(), request.binary()));
        synchronized (this) {
            Segment last = segments.getLast();
            Frame frame = new Frame(request.image(), rendering, shared.nanoTime(), owed);
            last.mailbox().offer(frame).ifPresent(replaced -> {
                // Its answer is owed all the same: it gets the picture of the frame that is now first.
                last.mailbox().oldest().orElse(frame).answers().addAll(0, replaced.answers());
                shared.meters().replaced(last.mode().wireName());
            });
        }
        dispatch();
    }

    private void changeMode(Optional<String> requested) {
        Optional<Mode> mode = requested.flatMap(Mode::ofWireName);
        if (mode.isEmpty()) {
            // "None" is what the protocol's first implementation says of a missing mode.
            answerError("INVALID_MODE", "Invalid model mode: " + shortened(requested.orElse("None")));
            return;
        }
        Optional<Place> place = tryReserve();
        if (place.isEmpty()) {
            return;
        }
        boolean tooMany;
        synchronized (this) {
            tooMany = segments.size() > MAX_SEGMENTS;
            segments.add(new Segment(mode.get(), shared.mailbox(), place.get()));
        }
        if (tooMany) {
            connection.close(
                    CloseCode.POLICY_VIOLATED,
                    "%d mode changes wait for frames before them, the limit is %d"
                            .formatted(MAX_SEGMENTS + 1, MAX_SEGMENTS));
            return;
        }
        dispatch();
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
        shared.failed(code);
        answer(() -> Messages.error(code, message));
    }

    private void answer(Supplier<Reply> reply) {
        tryReserve().ifPresent(place -> place.fill(reply));
    }

    /** The next place in the order of answers; where there is none left the connection is closed. */
    private Optional<Place> tryReserve() {
        Optional<Place> place = connection.outbox().tryReserve();
        if (place.isEmpty() && !connection.hasEnded()) {
            int limit = shared.config().stream().maxUnanswered();
            connection.close(
                    CloseCode.POLICY_VIOLATED, "%d messages are unanswered, the limit is %d".formatted(limit, limit));
        }
        return place;
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
            enter(current, left.mode());
        } else {
            submit(current.mode());
        }
    }

    private void submit(Mode mode) {
        int number;
        synchronized (this) {
            number = ++submissions;
        }
        Ticket submitted = shared.submit(mode, this);
        synchronized (this) {
            // The frame may be done by now and its worker have submitted the next one.
            if (number == submissions) {
                ticket = submitted;
            }
        }
        if (connection.hasEnded()) {
            submitted.cancel();
        }
    }

    private void enter(Segment segment, Mode previous) {
        if (shared.isReady(segment.mode())) {
            entered(segment);
            return;
        }
        shared.load(segment.mode(), () -> entered(segment), () -> {
            shared.failed("MODE_CHANGE_FAILED");
            // Why is the operator's business: it may tell of files and budgets.
            String message = "The model of the mode " + segment.mode().wireName()
                    + " could not be loaded; the mode stays " + previous.wireName();
            fill(segment.opening(), () -> Messages.error("MODE_CHANGE_FAILED", message));
            synchronized (this) {
                segments.removeFirst();
                segments.addFirst(new Segment(previous, segment.mailbox(), null));
            }
            free();
        });
    }

    private void entered(Segment segment) {
        fill(segment.opening(), answers.entered(segment.mode()));
        free();
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
        Mode mode;
        Optional<Frame> frame;
        synchronized (this) {
            mode = segments.getFirst().mode();
            frame = segments.getFirst().mailbox().take();
        }
        if (frame.isEmpty() || connection.hasEnded()) {
            free();
            return Optional.empty();
        }
        return Optional.of(new Turn(frame.get(), mode, shared.nanoTime()));
    }

    /** A frame with a worker; its answer makes the stream free for the next. */
    private final class Turn implements Segmenter.Order {

        private final Frame frame;
        private final Mode mode;
        private final long takenNanos;
        private boolean over;

        Turn(Frame frame, Mode mode, long takenNanos) {
            this.frame = frame;
            this.mode = mode;
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
                    answers.answered(frame, mode, segmented, takenNanos);
                } catch (RuntimeException | Error e) {
                    LOG.log(Level.WARNING, "A frame could not be answered", e);
                    failed(new OspreyException(ErrorCode.MODEL_FAILED, "The frame could not be processed", e));
                }
            });
        }

        @Override
        public void fail(OspreyException why) {
            end(() -> failed(why));
        }

        private void failed(OspreyException why) {
            if (!connection.hasEnded()) {
                answers.failed(frame, mode, why);
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
