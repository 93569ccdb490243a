package dev.osprey.mesh;

/**
 * How finely a picture becomes a solid: each step up has a quarter more samples along a side and two thirds more triangles.
 *
 * @param side samples of the depth map along the picture's longer side, from 64 to 512
 * @param triangles that are left at most, from 2,000 to 200,000
 */
public record ReliefDetail(int side, int triangles) {

    public static final int LEAST_QUALITY = 1;
    public static final int MOST_QUALITY = 10;

    /** @param quality from {@value #LEAST_QUALITY} to {@value #MOST_QUALITY}; beyond these, the nearer one */
    public static ReliefDetail of(int quality) {
        double part = (Math.max(LEAST_QUALITY, Math.min(MOST_QUALITY, quality)) - LEAST_QUALITY)
                / (double) (MOST_QUALITY - LEAST_QUALITY);
        return new ReliefDetail(
                (int) Math.round(64 * Math.pow(8, part)), (int) Math.round(2_000 * Math.pow(100, part)));
    }
}
