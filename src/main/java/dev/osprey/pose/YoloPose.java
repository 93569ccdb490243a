package dev.osprey.pose;

import dev.osprey.imaging.Crop;
import dev.osprey.model.ModelManifest.Pictures;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads networks of the YOLO family that find people and their points in one, as Ultralytics exports them: either 56 numbers of
 * every place, many of them of the same person (version 8, 11), or 57 numbers of each person (end to end, version 10, 26).
 */
final class YoloPose {

    private static final int VALUES_OF_PLACE = 56;

    /** Boxes that overlap by more than this are of one person. */
    private static final double OF_ONE_PERSON = 0.7;

    private YoloPose() {}

    /** What of a picture the network is shown: all of it, its aspect ratio kept, in the middle. */
    static Crop shown(int width, int height, Pictures input) {
        double scale = Math.max((double) width / input.width(), (double) height / input.height());
        return new Crop(width / 2.0, height / 2.0, input.width() * scale, input.height() * scale, 0);
    }

    /**
     * The people with at least this score, the best first.
     *
     * @param values from index 0, in pixels of the input: {@code float32 [56, places]}, centre x, y, width, height of the box, score,
     *     then x, y and confidence of 17 points; or {@code float32 [people, 57]}, left, upper, right, lower edge of the box,
     *     score, class, then the points
     * @param shape of the values
     * @param shown what of the picture the network was shown
     */
    static List<Seen> people(FloatBuffer values, List<Integer> shape, double confidence, Crop shown, Pictures input) {
        boolean ofEveryPlace = shape.get(0) == VALUES_OF_PLACE;
        int rows = ofEveryPlace ? shape.get(1) : shape.get(0);
        List<Seen> candidates = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            // Of every place a column of the tensor, of people found a row.
            int first = ofEveryPlace ? row : row * shape.get(1);
            int step = ofEveryPlace ? rows : 1;
            if (values.get(first + 4 * step) >= confidence) {
                candidates.add(seen(values, first, step, ofEveryPlace, shown, input));
            }
        }
        candidates.sort(Comparator.comparingDouble((Seen seen) -> seen.person().presence())
                .reversed());
        List<Seen> people = new ArrayList<>();
        for (Seen candidate : candidates) {
            if (people.stream().noneMatch(better -> overlap(better, candidate) > OF_ONE_PERSON)) {
                people.add(candidate);
            }
        }
        return people;
    }

    private static Seen seen(
            FloatBuffer values, int first, int step, boolean ofEveryPlace, Crop shown, Pictures input) {
        double scale = shown.width() / input.width();
        double originX = shown.x(0, 0);
        double originY = shown.y(0, 0);
        double[] box = new double[4];
        for (int i = 0; i < 4; i++) {
            box[i] = values.get(first + i * step) * scale;
        }
        if (ofEveryPlace) {
            box = new double[] {
                box[0] - box[2] / 2, box[1] - box[3] / 2, box[0] + box[2] / 2, box[1] + box[3] / 2,
            };
        }
        int firstPoint = first + (ofEveryPlace ? 5 : 6) * step;
        float[] points = new float[2 * Person.POINTS];
        float[] confidences = new float[Person.POINTS];
        for (int point = 0; point < Person.POINTS; point++) {
            int at = firstPoint + 3 * point * step;
            points[2 * point] = (float) (originX + values.get(at) * scale);
            points[2 * point + 1] = (float) (originY + values.get(at + step) * scale);
            confidences[point] = values.get(at + 2 * step);
        }
        Person.Box onPicture = new Person.Box(
                (float) (originX + box[0]), (float) (originY + box[1]), (float) (originX + box[2]), (float)
                        (originY + box[3]));
        Person person = new Person(points, confidences, values.get(first + 4 * step), onPicture);
        return new Seen(person, region(onPicture));
    }

    private static double overlap(Seen one, Seen other) {
        return crop(one.person().box()).overlap(crop(other.person().box()));
    }

    private static Crop crop(Person.Box box) {
        return new Crop(
                box.centreX(),
                (box.upper() + box.lower()) / 2.0,
                box.right() - box.left(),
                box.lower() - box.upper(),
                0);
    }

    private static Crop region(Person.Box box) {
        return crop(box).squared(1.25, 0);
    }
}
