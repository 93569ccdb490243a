package dev.osprey.imaging;

/**
 * A rectangle on a picture, turned about its centre; it may reach beyond the picture's edges.
 *
 * @param centreX in pixels from the picture's left edge
 * @param centreY in pixels from its upper edge
 * @param width in pixels, above 0
 * @param height in pixels, above 0
 * @param rotation in radians, clockwise as one looks at the picture
 */
public record Crop(double centreX, double centreY, double width, double height, double rotation) {

    /** The smallest square around a whole picture, so that its aspect ratio is kept. */
    public static Crop letterbox(int width, int height) {
        int side = Math.max(width, height);
        return new Crop(width / 2.0, height / 2.0, side, side, 0);
    }

    /**
     * Where a point of the crop lies on the picture, in pixels from the left edge.
     *
     * @param across in parts of the crop's width, from its left edge
     * @param down in parts of the crop's height, from its upper edge
     */
    public double x(double across, double down) {
        return centreX + Math.cos(rotation) * (across - 0.5) * width - Math.sin(rotation) * (down - 0.5) * height;
    }

    /** As {@link #x}, in pixels from the upper edge. */
    public double y(double across, double down) {
        return centreY + Math.sin(rotation) * (across - 0.5) * width + Math.cos(rotation) * (down - 0.5) * height;
    }

    /** By how much a crop is turned, in radians from -π to π, so that this direction points up in it. */
    public static double rotation(double towardsX, double towardsY) {
        double rotation = Math.PI / 2 - Math.atan2(-towardsY, towardsX);
        return rotation - 2 * Math.PI * Math.floor((rotation + Math.PI) / (2 * Math.PI));
    }

    /**
     * The square over the longer side, enlarged.
     *
     * @param shift of its middle down this crop, in parts of this crop's height
     */
    public Crop squared(double scale, double shift) {
        double side = Math.max(width, height) * scale;
        return new Crop(x(0.5, 0.5 + shift), y(0.5, 0.5 + shift), side, side, rotation);
    }

    /** The area that both share, as a part of the area that either covers; how they are turned is left out of account. */
    public double overlap(Crop other) {
        double both = shared(centreX, width, other.centreX, other.width)
                * shared(centreY, height, other.centreY, other.height);
        return both / (width * height + other.width * other.height - both);
    }

    private static double shared(double centre, double length, double otherCentre, double otherLength) {
        double from = Math.max(centre - length / 2, otherCentre - otherLength / 2);
        double to = Math.min(centre + length / 2, otherCentre + otherLength / 2);
        return Math.max(0, to - from);
    }
}
