package dev.osprey.pose;

import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import java.nio.ByteBuffer;

/**
 * One fencer through the pictures so far: where he was seen last, how he moved, what he looks like. A value.
 *
 * @param last when he was seen
 * @param velocityX in pixels a picture
 * @param missing pictures since he was seen, 0 where it was on the last one
 * @param colour of the torso: the mean of blue, green and red, 0 to 255 each
 */
record Trail(Seen last, double velocityX, double velocityY, int missing, float[] colour) {

    /** How much of a newly seen movement or colour counts, against all before. */
    private static final double NEW = 0.4;

    /** Nobody keeps his speed longer than this many pictures. */
    private static final int KEEPS_SPEED = 5;

    /** A grid of so many points in both directions says what the torso's colour is. */
    private static final int SAMPLES = 6;

    static Trail of(Seen seen, Picture picture) {
        return new Trail(seen, 0, 0, 0, colour(seen.person(), picture));
    }

    /** Where he must be now. */
    Crop expected() {
        Crop region = last.region();
        int pictures = Math.min(missing + 1, KEEPS_SPEED);
        return new Crop(
                region.centreX() + pictures * velocityX,
                region.centreY() + pictures * velocityY,
                region.width(),
                region.height(),
                region.rotation());
    }

    /**
     * How unlike him somebody is who is seen now: below 1 for who may be him, less for who is nearer to the place where he is
     * expected, more alike in size and in colour.
     */
    double unlikeness(Seen seen, float[] colourOfSeen) {
        Crop expected = expected();
        Crop found = seen.region();
        double away = Math.hypot(found.centreX() - expected.centreX(), found.centreY() - expected.centreY())
                / Math.max(expected.width(), found.width());
        // Nearly a quarter of his region on the next picture, which is half his height; more and more while he is
        // missing.
        double place = away / (0.25 + 0.05 * missing);
        double size = Math.abs(Math.log(found.width() / expected.width())) / Math.log(2);
        double difference = 0;
        for (int channel = 0; channel < 3; channel++) {
            difference += Math.abs(colour[channel] - colourOfSeen[channel]) / 3;
        }
        return 0.6 * place + 0.4 * size + difference / 128;
    }

    Trail seen(Seen now, float[] colourNow) {
        double pictures = missing + 1;
        double stepX = (now.region().centreX() - last.region().centreX()) / pictures;
        double stepY = (now.region().centreY() - last.region().centreY()) / pictures;
        float[] mixed = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            mixed[channel] = (float) (colour[channel] + NEW * (colourNow[channel] - colour[channel]));
        }
        return new Trail(now, velocityX + NEW * (stepX - velocityX), velocityY + NEW * (stepY - velocityY), 0, mixed);
    }

    Trail missed() {
        return new Trail(last, velocityX, velocityY, missing + 1, colour);
    }

    /** The mean of blue, green and red between shoulders and hips, as far as that is on the picture. */
    static float[] colour(Person person, Picture picture) {
        ByteBuffer bgr = picture.bgr();
        float[] sums = new float[3];
        int count = 0;
        for (int row = 0; row < SAMPLES; row++) {
            for (int column = 0; column < SAMPLES; column++) {
                double down = (row + 0.5) / SAMPLES;
                double across = (column + 0.5) / SAMPLES;
                int x = (int) between(person, 0, across, down);
                int y = (int) between(person, 1, across, down);
                if (x >= 0 && x < picture.width() && y >= 0 && y < picture.height()) {
                    for (int channel = 0; channel < 3; channel++) {
                        sums[channel] += bgr.get(3 * (y * picture.width() + x) + channel) & 0xFF;
                    }
                    count++;
                }
            }
        }
        for (int channel = 0; channel < 3; channel++) {
            sums[channel] /= Math.max(1, count);
        }
        return sums;
    }

    private static double between(Person person, int axis, double across, double down) {
        float[] points = person.points();
        double shoulders =
                mix(points[2 * Person.LEFT_SHOULDER + axis], points[2 * Person.RIGHT_SHOULDER + axis], across);
        double hips = mix(points[2 * Person.LEFT_HIP + axis], points[2 * Person.RIGHT_HIP + axis], across);
        return mix(shoulders, hips, down);
    }

    private static double mix(double from, double to, double share) {
        return from + share * (to - from);
    }
}
