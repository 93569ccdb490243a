package dev.osprey.pose;

import dev.osprey.detection.Detection;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Border;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest.Pictures;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The people on one picture. A detector says where someone could be, a network of points looks at each closely; or one network
 * does both. One thread.
 *
 * <p>MediaPipe's detector was made for one person who is near. People in a wide picture are too small for it, so it is shown
 * the whole picture and, at two scales, squares of it that overlap by half, and what it says of all of them is put together.
 */
public final class People {

    /** Least score of somebody who is looked at closely. */
    static final float DETECTION_CONFIDENCE = 0.5f;

    /** Somebody is there while the presence is above this. */
    static final float PRESENCE = 0.5f;

    /** Sides of the squares, in parts of the picture's shorter side. */
    private static final double[] SQUARES = {1, 0.5};

    /** No more squares than this, however long the picture is. */
    static final int MOST_SQUARES = 48;

    /** No more people than this are looked at closely, the most likely ones. */
    static final int MOST_CANDIDATES = 12;

    /** Boxes around the face that overlap by more than this are of one person. */
    private static final double OF_ONE_FACE = 0.3;

    /** Points that are nearer to each other than this part of the torso are of one person. */
    private static final double OF_ONE_PERSON = 0.35;

    private final Picture picture;
    private final Lease detector;
    private final Lease pose;
    private final Cancellation cancellation;

    /**
     * @param detector of the kind {@link ModelKind#PERSON_DETECTION} or {@link ModelKind#YOLO_POSE}; not run where {@code pose} is
     *     of the latter kind, and may then be the same lease
     * @param pose of the kind {@link ModelKind#POSE_LANDMARKS}, {@link ModelKind#RTMPOSE} or {@link ModelKind#YOLO_POSE}
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} where a model is of another kind
     */
    People(Picture picture, Lease detector, Lease pose, Cancellation cancellation) {
        this.picture = picture;
        this.detector = isOneForAll(pose) ? pose : detector;
        this.pose = pose;
        this.cancellation = cancellation;
        requireKind(this.detector, ModelKind.PERSON_DETECTION, ModelKind.YOLO_POSE);
        requireKind(pose, ModelKind.POSE_LANDMARKS, ModelKind.RTMPOSE, ModelKind.YOLO_POSE);
    }

    /**
     * Everybody who is found on one picture by itself, the most certain detection first.
     *
     * @param detector as {@code pose}, each a model of a kind named in {@link ModelKind}: a detector and a network of points, or
     *     twice the same that does both
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    public static List<Person> find(Picture picture, Lease detector, Lease pose, Cancellation cancellation) {
        return new People(picture, detector, pose, cancellation)
                .all().stream().map(Seen::person).toList();
    }

    private static boolean isOneForAll(Lease pose) {
        return pose.manifest().kind() == ModelKind.YOLO_POSE;
    }

    private static void requireKind(Lease lease, ModelKind... kinds) {
        if (!List.of(kinds).contains(lease.manifest().kind())) {
            throw new OspreyException(
                    ErrorCode.MODEL_FAILED,
                    "The model \"%s\" of the kind %s does not find people or their points"
                            .formatted(
                                    lease.manifest().name(),
                                    lease.manifest().kind().wireName()));
        }
    }

    /** Whether one network does it all, so that nobody can be looked at closely. */
    boolean isOneForAll() {
        return isOneForAll(pose);
    }

    /** Everybody on the picture. At most {@link #MOST_SQUARES} runs of the detector, {@link #MOST_CANDIDATES} of the other. */
    List<Seen> all() {
        return within(squares(picture.width(), picture.height()));
    }

    /** Everybody whom the detector sees in one of these squares; the whole picture where the detector is no anchors' one. */
    List<Seen> within(List<Crop> squares) {
        if (detector.manifest().kind() == ModelKind.YOLO_POSE) {
            List<Seen> found = onePass();
            return isOneForAll()
                    ? found
                    : lookedAt(found.stream().map(Seen::region).toList());
        }
        List<Detection> candidates = new ArrayList<>();
        for (Crop square : squares) {
            candidates.addAll(candidates(square));
        }
        return lookedAt(Detection.blended(candidates, OF_ONE_FACE).stream()
                .map(BlazePose::region)
                .toList());
    }

    private List<Detection> candidates(Crop square) {
        Pictures input = detector.manifest().pictures();
        picture.cropInto(detector.input(), input.width(), input.height(), square, Border.BLACK, input.colour());
        detector.run(detector.input(), detector.output(), 1, cancellation);
        return BlazePose.candidates(detector.output().asFloatBuffer(), DETECTION_CONFIDENCE, square);
    }

    private List<Seen> lookedAt(List<Crop> regions) {
        List<Seen> seen = new ArrayList<>();
        for (Crop region : regions.subList(0, Math.min(MOST_CANDIDATES, regions.size()))) {
            look(region).ifPresent(person -> addUnlessSeen(person, seen));
        }
        return seen;
    }

    /** The person in a region of the picture, if there is one. One run, of the network of points. */
    Optional<Seen> look(Crop region) {
        Pictures input = pose.manifest().pictures();
        boolean simcc = pose.manifest().kind() == ModelKind.RTMPOSE;
        Crop shown = simcc ? RtmPose.shown(region, input) : region;
        picture.cropInto(pose.input(), input.width(), input.height(), shown, Border.EDGE, input.colour());
        pose.run(pose.input(), pose.output(), 1, cancellation);
        Seen seen = simcc
                ? RtmPose.seen(
                        pose.output().asFloatBuffer(),
                        pose.manifest().output().shape().get(1),
                        shown,
                        input)
                : BlazePose.seen(pose.output().asFloatBuffer(), shown, input.width());
        return Optional.of(seen).filter(People::isSomebody);
    }

    private List<Seen> onePass() {
        Pictures input = detector.manifest().pictures();
        Crop shown = YoloPose.shown(picture.width(), picture.height(), input);
        picture.cropInto(detector.input(), input.width(), input.height(), shown, Border.BLACK, input.colour());
        detector.run(detector.input(), detector.output(), 1, cancellation);
        return YoloPose.people(
                        detector.output().asFloatBuffer(),
                        detector.manifest().output().shape(),
                        DETECTION_CONFIDENCE,
                        shown,
                        input)
                .stream()
                .filter(People::isSomebody)
                .toList();
    }

    /** A network of an operator's own may answer with what is no number. */
    private static boolean isSomebody(Seen seen) {
        return seen.person().presence() > PRESENCE
                && seen.person().isFinite()
                && seen.region().width() > 1
                && seen.region().width() < Short.MAX_VALUE;
    }

    /** Two regions can have led to the same person, or one to a bit of two people: who came first stays. */
    static void addUnlessSeen(Seen person, List<Seen> seen) {
        List<Person> others = seen.stream().map(Seen::person).toList();
        if (person.person().distance(others) >= OF_ONE_PERSON) {
            seen.add(person);
        }
    }

    /** The whole picture, then the squares of it, row by row, those of each scale as few as overlap by half. */
    static List<Crop> squares(int width, int height) {
        List<Crop> squares = new ArrayList<>(List.of(Crop.letterbox(width, height)));
        int shorter = Math.min(width, height);
        for (double scale : SQUARES) {
            double side = scale * shorter;
            int columns = places(width, side);
            int rows = places(height, side);
            if (columns * rows == 1 || squares.size() + columns * rows > MOST_SQUARES) {
                continue;
            }
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    squares.add(new Crop(
                            centre(column, columns, width, side), centre(row, rows, height, side), side, side, 0));
                }
            }
        }
        return squares;
    }

    private static int places(int length, double side) {
        return 1 + (int) Math.ceil((length - side) / (side / 2) - 1e-9);
    }

    private static double centre(int place, int places, int length, double side) {
        return places == 1 ? length / 2.0 : side / 2 + place * (length - side) / (places - 1);
    }
}
