package dev.osprey.segmentation;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.model.ModelManifest;
import dev.osprey.stream.Outbox.Departure;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import dev.osprey.trace.Trace;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one client is told of its frames: pictures, errors, and before a picture the labels and colours it has not heard of.
 * Any thread.
 */
final class FrameAnswers {

    private static final Logger LOG = System.getLogger(FrameAnswers.class.getName());

    private final Segmentation shared;
    private final String stream;
    private final Set<Feature> features;
    private final Mode first;
    private final InferenceTimes inferenceTimes = new InferenceTimes();

    /** The model whose labels and colours the client was told last. */
    private ModelManifest announced;

    /**
     * A frame and whom its picture answers: the frames it replaced, oldest first, and itself last.
     *
     * @param number on its stream, from 1
     */
    record Frame(long number, ByteBuffer image, Rendering rendering, long arrivalNanos, List<Answer> answers) {}

    record Answer(Place place, JsonValue timestamp, boolean binary) {}

    /**
     * @param stream its name in traces
     * @param first mode of the stream
     */
    FrameAnswers(Segmentation shared, String stream, Set<Feature> features, Mode first) {
        this.shared = shared;
        this.stream = stream;
        this.features = features;
        this.first = first;
        this.announced = shared.manifest(first);
    }

    /** The first message of all, which names the labels of the stream's first mode. */
    synchronized Supplier<Reply> greeting() {
        ModelManifest manifest = announced;
        return () -> Messages.connected(
                first,
                manifest,
                features,
                shared.config().stream(),
                shared.config().imaging());
    }

    synchronized Reply stats() {
        return Messages.stats(inferenceTimes.summary());
    }

    /** The mode is in force from here on: what its {@code mode_changed} says, for whenever that is sent. */
    synchronized Supplier<Reply> entered(Mode mode, AutoMode.@Nullable Notice auto) {
        // Not when the message is sent: a version that is swapped in by then has an announcement of its own.
        ModelManifest manifest = shared.manifest(mode);
        announced = manifest;
        return () -> Messages.modeChanged(mode, manifest, features, auto);
    }

    /** @param auto null where the client named the mode */
    void answered(Frame frame, Mode mode, AutoMode.@Nullable Notice auto, Segmented segmented, long takenNanos) {
        long queueNanos = takenNanos - frame.arrivalNanos();
        long serverNanos = shared.nanoTime() - frame.arrivalNanos();
        double meanNanos;
        synchronized (this) {
            inferenceTimes.add(segmented.times().run());
            meanNanos = inferenceTimes.summary().getAverage();
        }
        shared.meters()
                .answered(
                        mode.wireName(),
                        segmented.model(),
                        Duration.ofNanos(segmented.times().run()),
                        Duration.ofNanos(serverNanos));
        Trace trace = shared.trace(stream, frame);
        if (trace.isRecording()) {
            describe(trace, frame, mode, takenNanos);
            describe(trace, segmented, serverNanos);
        }
        Departure left = taken -> trace.sent(frame.arrivalNanos() + serverNanos, taken);
        int last = frame.answers().size() - 1;
        for (int i = 0; i <= last; i++) {
            Answer answer = frame.answers().get(i);
            // The frames that were replaced are reported by the one that replaced them.
            int replaced = i == last ? last : 0;
            List<Supplier<Reply>> replies = new ArrayList<>(2);
            if (i == 0) {
                announcement(mode, auto, segmented.manifest()).ifPresent(replies::add);
            }
            replies.add(() -> {
                JsonObjectBuilder metadata = Messages.metadata(mode, segmented, meanNanos);
                if (replaced > 0) {
                    metadata.add("frames_replaced", replaced);
                }
                if (features.contains(Feature.RECEIPT)) {
                    metadata.add("receipt", Messages.receipt(segmented, queueNanos, serverNanos, replaced));
                }
                return Messages.segmentation(
                        answer.timestamp(), segmented.picture(), metadata.build(), answer.binary());
            });
            answer.place().fill(replies, i == last ? left : Departure.UNTOLD);
        }
    }

    private static void describe(Trace trace, Frame frame, Mode mode, long takenNanos) {
        trace.set("osprey.mode", mode.wireName());
        trace.set("osprey.frame.number", frame.number());
        trace.set("osprey.frame.replaces", frame.answers().size() - 1);
        trace.step("queue", frame.arrivalNanos(), takenNanos);
    }

    private static void describe(Trace trace, Segmented segmented, long ageNanos) {
        Segmented.Times times = segmented.times();
        Segmented.Begun begun = segmented.begun();
        trace.answered(
                segmented.model(), segmented.version(), segmented.provider().name(), segmented.together(), ageNanos);
        trace.step("decode", begun.decode(), begun.decode() + times.decode() + times.resize());
        trace.step("run", begun.run(), begun.run() + times.run());
        trace.step("render", begun.render(), begun.render() + times.scale() + times.render() + times.encode());
    }

    /** What the client hears before the first picture in labels or colours that are new to it: its model was swapped. */
    private synchronized Optional<Supplier<Reply>> announcement(
            Mode mode, AutoMode.@Nullable Notice auto, ModelManifest manifest) {
        boolean known = manifest.labels().equals(announced.labels())
                && manifest.palette().equals(announced.palette());
        announced = manifest;
        return known ? Optional.empty() : Optional.of(() -> Messages.modeChanged(mode, manifest, features, auto));
    }

    void failed(Frame frame, Mode mode, OspreyException why, long takenNanos) {
        LOG.log(Level.DEBUG, "A frame failed", why);
        String message =
                switch (why.code()) {
                    case IMAGE_EMPTY, IMAGE_UNREADABLE, IMAGE_TOO_LARGE -> "Failed to decode frame: " + why.detail();
                    default -> why.detail();
                };
        // Who asked for masks could make nothing of a JPEG.
        Optional<byte[]> unchanged =
                shared.config().segmentation().answerFailedFrames() && !features.contains(Feature.MASK)
                        ? shared.unchanged(frame.image())
                        : Optional.empty();
        Trace trace = shared.trace(stream, frame);
        if (trace.isRecording()) {
            describe(trace, frame, mode, takenNanos);
            trace.fail(why.code().name(), message);
        }
        long readyNanos = shared.nanoTime();
        Departure left = taken -> trace.sent(readyNanos, taken);
        int last = frame.answers().size() - 1;
        for (int i = 0; i <= last; i++) {
            Answer answer = frame.answers().get(i);
            shared.failed("INFERENCE_FAILED", message);
            Supplier<Reply> error = () -> Messages.error("INFERENCE_FAILED", message);
            List<Supplier<Reply>> replies = unchanged.isPresent()
                    ? List.of(error, () -> unchanged(answer, mode, unchanged.get()))
                    : List.of(error);
            answer.place().fill(replies, i == last ? left : Departure.UNTOLD);
        }
    }

    private synchronized Reply unchanged(Answer answer, Mode mode, byte[] jpeg) {
        double meanNanos = inferenceTimes.summary().getAverage();
        return Messages.segmentation(
                answer.timestamp(),
                jpeg,
                Messages.unchangedMetadata(mode, shared.modelOf(mode), meanNanos)
                        .build(),
                answer.binary());
    }
}
