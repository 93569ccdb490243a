package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.hands.Hand;
import dev.osprey.hands.HandTracker;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recognition by the models that are served. */
final class ServedRecognition implements Recognition {

    /** A client may ask for a model by any name; no longer one is repeated to it. */
    private static final int MAX_NAME_LENGTH = 64;

    private final WarmModels models;
    private final OspreyConfig.Fingerspelling settings;
    private final ImageLimits limits;

    ServedRecognition(WarmModels models, OspreyConfig config) {
        this.models = models;
        this.settings = config.fingerspelling();
        this.limits = new ImageLimits(
                settings.maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
    }

    @Override
    public Optional<String> obstacle(String model) {
        return Stream.of(
                        obstacle(settings.palmModel(), ModelKind.PALM_DETECTION),
                        obstacle(settings.handModel(), ModelKind.HAND_LANDMARKS),
                        obstacle(model, ModelKind.LETTERS))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> obstacle(String model, ModelKind kind) {
        Optional<ModelManifest> served = models.served(model);
        String name = model.length() <= MAX_NAME_LENGTH ? model : model.substring(0, MAX_NAME_LENGTH) + "...";
        if (served.isEmpty()) {
            return Optional.of("The model \"%s\" is not loaded".formatted(name));
        }
        ModelKind found = served.get().kind();
        return found == kind
                ? Optional.empty()
                : Optional.of("The model \"%s\" is of the kind %s, expected %s"
                        .formatted(name, found.wireName(), kind.wireName()));
    }

    @Override
    public Recognizer recognizer(String model) {
        return new Served(model);
    }

    /** Keeps where the hands were from frame to frame. */
    private final class Served implements Recognizer {

        private final String name;
        private @Nullable HandTracker tracker;
        private int hands;

        Served(String name) {
            this.name = name;
        }

        @Override
        public LettersModel model() {
            return models.served(name)
                    .map(LettersModel::of)
                    .orElseThrow(() -> new OspreyException(
                            ErrorCode.MODEL_NOT_READY, "The model \"%s\" is not loaded".formatted(name)));
        }

        @Override
        public List<Hand> hands(ByteBuffer image, Cancellation cancellation) {
            int wanted = model().hands();
            try (Picture picture = Picture.decode(image, limits);
                    Lease palmDetection = models.lease(settings.palmModel());
                    Lease handLandmarks = models.lease(settings.handModel())) {
                return tracker(wanted).track(picture, palmDetection, handLandmarks, cancellation);
            }
        }

        private HandTracker tracker(int wanted) {
            HandTracker current = tracker;
            if (current == null || hands != wanted) {
                current = new HandTracker(new HandTracker.Settings(
                        wanted, (float) settings.detectionConfidence(), (float) settings.trackingConfidence()));
                tracker = current;
                hands = wanted;
            }
            return current;
        }

        @Override
        public float[] probabilities(float[] clip, Cancellation cancellation) {
            try (Lease lease = models.lease(name)) {
                if (lease.inputBytes(1) != clip.length * Float.BYTES) {
                    throw new OspreyException(
                            ErrorCode.MODEL_FAILED, "\"%s\" was replaced by a version for other clips".formatted(name));
                }
                lease.input().asFloatBuffer().put(clip);
                lease.run(lease.input(), lease.output(), 1, cancellation);
                return lease.probabilities(0);
            }
        }
    }
}
