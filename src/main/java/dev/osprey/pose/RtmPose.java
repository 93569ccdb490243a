package dev.osprey.pose;

import dev.osprey.imaging.Crop;
import dev.osprey.model.ModelManifest.Pictures;
import java.nio.FloatBuffer;

/**
 * Reads a network that says of each point in which column and in which row it is, as a classification along each axis: SimCC
 * (Li et al., 2022), as RTMPose (Jiang et al., 2023) has it. A column or row of the input is cut into some bins.
 */
final class RtmPose {

    /** The crop is so much larger than the box around the points. */
    private static final double SCALE = 1.25;

    /** Of width to height, as the networks' inputs are. */
    private static final double ASPECT = 0.75;

    private RtmPose() {}

    /** What of the region the network is shown: its whole height, upright, and of its width what the input has room for. */
    static Crop shown(Crop region, Pictures input) {
        double width = region.height() * input.width() / input.height();
        return new Crop(region.centreX(), region.centreY(), width, region.height(), 0);
    }

    /**
     * @param values {@code float32 [17, bins]} from index 0: of each point first the bins of the columns, then those of the rows;
     *     the greatest of each is how sure the network is, 0 to 1
     * @param bins as many to a pixel of the input in both directions
     * @param shown what of the picture the network was shown
     */
    static Seen seen(FloatBuffer values, int bins, Crop shown, Pictures input) {
        int columns = bins / (input.width() + input.height()) * input.width();
        float[] points = new float[2 * Person.POINTS];
        float[] confidences = new float[Person.POINTS];
        float presence = 0;
        for (int point = 0; point < Person.POINTS; point++) {
            int column = greatest(values, point * bins, columns);
            int row = greatest(values, point * bins + columns, bins - columns);
            double across = (double) column / columns;
            double down = (double) row / (bins - columns);
            points[2 * point] = (float) shown.x(across, down);
            points[2 * point + 1] = (float) shown.y(across, down);
            float confidence = Math.min(values.get(point * bins + column), values.get(point * bins + columns + row));
            confidences[point] = Math.max(0, Math.min(1, confidence));
            presence += confidences[point] / Person.POINTS;
        }
        return new Seen(new Person(points, confidences, presence, Person.around(points)), around(points));
    }

    private static int greatest(FloatBuffer values, int from, int count) {
        int greatest = 0;
        for (int i = 1; i < count; i++) {
            if (values.get(from + i) > values.get(from + greatest)) {
                greatest = i;
            }
        }
        return greatest;
    }

    /** A square that holds the body in the part that the network is shown of it. */
    static Crop around(float[] points) {
        Person.Box box = Person.around(points);
        double width = box.right() - box.left();
        double height = box.lower() - box.upper();
        double side = Math.max(height, width / ASPECT) * SCALE;
        return new Crop(box.centreX(), (box.upper() + box.lower()) / 2.0, side, side, 0);
    }
}
