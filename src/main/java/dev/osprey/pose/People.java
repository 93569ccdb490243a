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
    private final PoseNetworks networks;

    /** @throws OspreyException {@link ErrorCode#MODEL_FAILED} where a network is of a kind that does not find people */
    People(Picture picture, PoseNetworks networks) {
        this.picture = picture;
        this.networks = networks;
        requireKind(networks.poseKind(), ModelKind.POSE_LANDMARKS, ModelKind.RTMPOSE, ModelKind.YOLO_POSE);
        if (!isOneForAll()) {
            requireKind(networks.detectorKind(), ModelKind.PERSON_DETECTION, ModelKind.YOLO_POSE);
        }
    }

    /**
     * Everybody who is found on one picture by itself, the most certain detection first.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    public static List<Person> find(Picture picture, PoseNetworks networks) {
        return new People(picture, networks).all().stream().map(Seen::person).toList();
    }

    private static void requireKind(ModelKind found, ModelKind... kinds) {
        if (!List.of(kinds).contains(found)) {
            throw new OspreyException(
                    ErrorCode.MODEL_FAILED,
                    "A model of the kind %s does not find people or their points".formatted(found.wireName()));
        }
    }

    /** Whether one network does it all, so that nobody can be looked at closely. */
    boolean isOneForAll() {
        return networks.poseKind() == ModelKind.YOLO_POSE;
    }

    /** Everybody on the picture. At most {@link #MOST_SQUARES} runs of the detector, {@link #MOST_CANDIDATES} of the other. */
    List<Seen> all() {
        return within(squares(picture.width(), picture.height()));
    }

    /** Everybody whom the detector sees in one of these squares; the whole picture where the detector is no anchors' one. */
    List<Seen> within(List<Crop> squares) {
        if (isOneForAll()) {
            return networks.onPose(this::onePass);
        } else if (networks.detectorKind() == ModelKind.YOLO_POSE) {
            return lookedAt(networks.onDetector(this::onePass).stream()
                    .map(Seen::region)
                    .toList());
        }
        List<Detection> candidates = new ArrayList<>();
        for (Crop square : squares) {
            candidates.addAll(networks.onDetector((lease, cancellation) -> candidates(square, lease, cancellation)));
        }
        return lookedAt(Detection.blended(candidates, OF_ONE_FACE).stream()
                .map(BlazePose::region)
                .toList());
    }

    private List<Detection> candidates(Crop square, Lease detector, Cancellation cancellation) {
        requireKind(detector.manifest().kind(), ModelKind.PERSON_DETECTION);
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
        return networks.onPose((lease, cancellation) -> look(region, lease, cancellation));
    }

    private Optional<Seen> look(Crop region, Lease pose, Cancellation cancellation) {
        requireKind(pose.manifest().kind(), ModelKind.POSE_LANDMARKS, ModelKind.RTMPOSE);
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

    private List<Seen> onePass(Lease detector, Cancellation cancellation) {
        requireKind(detector.manifest().kind(), ModelKind.YOLO_POSE);
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
