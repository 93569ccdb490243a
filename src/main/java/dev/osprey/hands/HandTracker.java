package dev.osprey.hands;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.hands.Hand.Side;
import dev.osprey.imaging.Border;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelManifest.Landmarks;
import dev.osprey.model.ModelManifest.Pictures;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds hands on a stream's pictures and follows them. One for each stream; one thread at a time.
 *
 * <p>Two networks share the work. The detector of palms sees the whole picture and says where hands are; it is needed while
 * none is followed. The network of landmarks sees the square around one hand and finds its 21 points; from them follows
 * the square for the next picture, so that as long as the hand is there the detector rests. A hand whose presence falls to
 * the confidence asked for is lost. Numbers and formulas are those of MediaPipe (Apache-2.0),
 * {@code mediapipe/modules/hand_landmark/hand_landmark_tracking_cpu}, with three differences: it looks for a further hand
 * on every picture while fewer are followed than there may be, here a loss is looked into at once and a newcomer is looked
 * for on every {@value #LOOK_AROUND}th picture; it may answer with more hands than were asked for, and with the same one
 * twice until the next picture.
 */
public final class HandTracker {

    /** On every such picture the detector looks for a further hand though one is followed. */
    static final int LOOK_AROUND = 10;

    /** Squares that overlap by more than this are of one hand. */
    private static final double OF_ONE_HAND = 0.5;

    /** The network's z is larger than its x and y, for the same depth. */
    private static final double Z_SCALE = 0.4;

    private static final int VALUES = 3 * Landmarks.POINTS;
    private static final int PRESENCE = 2 * VALUES;
    private static final int LEFTNESS = PRESENCE + 1;

    private final Settings settings;

    /** Where the hands of the last picture are expected on the next. */
    private List<Crop> followed = List.of();

    private boolean handWasLost;
    private int sinceLookingAround;
    private int width;
    private int height;

    /**
     * @param maxHands most hands followed at a time, at least 1
     * @param detectionConfidence least score of a palm that is looked at closely, 0 to 1
     * @param trackingConfidence a hand is there while its presence is above this, 0 to 1
     */
    public record Settings(int maxHands, float detectionConfidence, float trackingConfidence) {

        public Settings {
            if (maxHands < 1 || !isConfidence(detectionConfidence) || !isConfidence(trackingConfidence)) {
                throw new IllegalArgumentException("%d hands, confidences of %s and %s"
                        .formatted(maxHands, detectionConfidence, trackingConfidence));
            }
        }

        private static boolean isConfidence(float value) {
            return value >= 0 && value <= 1;
        }
    }

    /** A hand, and where it is expected next. */
    private record Seen(Hand hand, Crop next) {}

    public HandTracker(Settings settings) {
        this.settings = settings;
    }

    /** The next picture has nothing to do with the last one. */
    public void forget() {
        followed = List.of();
        handWasLost = false;
        sinceLookingAround = 0;
    }

    /**
     * The hands on the stream's next picture: those found anew, then those followed. A picture of another size than the last
     * one is taken for the beginning of another stream. What fails leaves everything as it was.
     *
     * @param palmDetection of a model of that kind; not run while hands are followed
     * @param handLandmarks of a model of that kind; run once for every hand
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    public List<Hand> track(Picture picture, Lease palmDetection, Lease handLandmarks, Cancellation cancellation) {
        if (picture.width() != width || picture.height() != height) {
            forget();
            width = picture.width();
            height = picture.height();
        }
        boolean look = mustLook();
        List<Crop> squares = look ? associated(detected(picture, palmDetection, cancellation)) : followed;
        List<Seen> seen = new ArrayList<>(squares.size());
        boolean lost = false;
        for (Crop square : squares) {
            Seen hand = seen(picture, square, handLandmarks, cancellation);
            if (hand.hand().presence() > settings.trackingConfidence() && isFinite(hand.hand())) {
                addUnlessSeen(hand, seen);
            } else {
                lost |= followed.contains(square);
            }
        }
        handWasLost = lost;
        sinceLookingAround = look ? 0 : sinceLookingAround + 1;
        followed = seen.stream().map(Seen::next).toList();
        return seen.stream().map(Seen::hand).toList();
    }

    private boolean mustLook() {
        return followed.isEmpty()
                || (followed.size() < settings.maxHands() && (handWasLost || sinceLookingAround >= LOOK_AROUND - 1));
    }

    /** Where hands are found without knowledge of the last picture, the best first. */
    private List<Crop> detected(Picture picture, Lease palmDetection, Cancellation cancellation) {
        Pictures input = palmDetection.manifest().pictures();
        Crop square = Crop.letterbox(width, height);
        picture.cropInto(palmDetection.input(), input.width(), input.height(), square, Border.BLACK, input.colour());
        palmDetection.run(palmDetection.input(), palmDetection.output(), 1, cancellation);
        return Palms.found(palmDetection.output().asFloatBuffer(), settings.detectionConfidence()).stream()
                .limit(settings.maxHands())
                .map(palm -> Palms.hand(palm.on(square)))
                .toList();
    }

    /** What was detected and is not followed already, as far as there may be more hands, then what is followed. */
    private List<Crop> associated(List<Crop> detected) {
        List<Crop> squares = new ArrayList<>();
        for (Crop candidate : detected) {
            if (followed.stream().allMatch(hand -> hand.overlap(candidate) <= OF_ONE_HAND)) {
                // Of two that are one hand MediaPipe keeps the later one.
                squares.removeIf(earlier -> earlier.overlap(candidate) > OF_ONE_HAND);
                squares.add(candidate);
            }
        }
        int room = settings.maxHands() - followed.size();
        List<Crop> all = new ArrayList<>(squares.subList(0, Math.min(room, squares.size())));
        all.addAll(followed);
        return all;
    }

    private Seen seen(Picture picture, Crop square, Lease handLandmarks, Cancellation cancellation) {
        Pictures input = handLandmarks.manifest().pictures();
        picture.cropInto(handLandmarks.input(), input.width(), input.height(), square, Border.EDGE, input.colour());
        handLandmarks.run(handLandmarks.input(), handLandmarks.output(), 1, cancellation);
        FloatBuffer values = handLandmarks.output().asFloatBuffer();
        float[] landmarks = new float[VALUES];
        for (int i = 0; i < VALUES; i += 3) {
            double across = values.get(i) / input.width();
            double down = values.get(i + 1) / input.height();
            landmarks[i] = (float) (square.x(across, down) / width);
            landmarks[i + 1] = (float) (square.y(across, down) / height);
            landmarks[i + 2] = (float) (values.get(i + 2) / input.width() / Z_SCALE * square.width() / width);
        }
        Side side = values.get(LEFTNESS) > 0.5f ? Side.LEFT : Side.RIGHT;
        Hand hand = new Hand(landmarks, side, values.get(PRESENCE));
        return new Seen(hand, Regions.around(landmarks, width, height));
    }

    /** A network of an operator's own may answer with what is no number. */
    private static boolean isFinite(Hand hand) {
        for (float value : hand.landmarks()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Two squares can have led to the same hand: the surer one stays. */
    private static void addUnlessSeen(Seen hand, List<Seen> seen) {
        if (seen.stream()
                .noneMatch(other -> isSame(hand, other)
                        && other.hand().presence() > hand.hand().presence())) {
            seen.removeIf(other -> isSame(hand, other));
            seen.add(hand);
        }
    }

    private static boolean isSame(Seen one, Seen other) {
        return one.next().overlap(other.next()) > OF_ONE_HAND;
    }
}
