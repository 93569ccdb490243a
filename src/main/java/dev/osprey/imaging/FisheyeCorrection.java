package dev.osprey.imaging;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_calib3d;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Straightens the pictures of a wide-angle lens that nobody has calibrated: OpenCV's fisheye model with the longer side as
 * focal length, the picture's middle as centre and one coefficient (referee protocol, section 7.1, step 1).
 *
 * <p>Where each pixel comes from is worked out once, for one size. Used by one thread at a time; has one owner, who closes it.
 */
public final class FisheyeCorrection implements AutoCloseable {

    static {
        OpenCv.load();
        Loader.load(opencv_calib3d.class);
    }

    private final int sourceWidth;
    private final int sourceHeight;
    private final Mat points = new Mat();
    private final Mat fractions = new Mat();
    private final Scalar black = Scalar.all(0);
    private final Rect visible;
    private boolean closed;

    /**
     * For pictures of one size.
     *
     * @param width    in pixels
     * @param height   in pixels
     * @param strength first coefficient of the distortion; negative where straight lines bulge outwards, about −0.2 for an
     *     action camera
     * @param balance  0 leaves out what would have a black border, 1 keeps all of the picture
     * @throws IllegalArgumentException when that would leave nothing of a picture
     */
    public FisheyeCorrection(int width, int height, double strength, double balance) {
        if (width < 1 || height < 1 || !Double.isFinite(strength) || !(balance >= 0 && balance <= 1)) {
            throw new IllegalArgumentException("a correction of " + width + "x" + height + " pixels, strength "
                    + strength + ", balance " + balance);
        }
        sourceWidth = width;
        sourceHeight = height;
        double focal = Math.max(width, height);
        try (Mat camera = matrix(3, 3, focal, 0, width / 2.0, 0, focal, height / 2.0, 0, 0, 1);
                Mat distortion = matrix(4, 1, strength, 0, 0, 0);
                Mat unturned = matrix(3, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1);
                Mat corrected = new Mat();
                Size size = new Size(width, height);
                Size sameSize = new Size()) {
            opencv_calib3d.fisheyeEstimateNewCameraMatrixForUndistortRectify(
                    camera, distortion, size, unturned, corrected, balance, sameSize, 1);
            opencv_calib3d.fisheyeInitUndistortRectifyMap(
                    camera, distortion, unturned, corrected, size, opencv_core.CV_16SC2, points, fractions);
        }
        visible = visible();
        if (visible.width() < 1 || visible.height() < 1) {
            close();
            throw new IllegalArgumentException("a correction of strength " + strength + " leaves nothing of a picture");
        }
    }

    private static Mat matrix(int rows, int columns, double... values) {
        Mat matrix = new Mat(rows, columns, opencv_core.CV_64FC1);
        try (DoublePointer memory = new DoublePointer(matrix.data())) {
            memory.put(values);
        }
        return matrix;
    }

    /** Around everything of a white picture that does not turn black. */
    private Rect visible() {
        try (Scalar full = Scalar.all(255);
                Mat white = new Mat(sourceHeight, sourceWidth, opencv_core.CV_8UC1, full);
                Mat corrected = new Mat()) {
            remap(white, corrected);
            return opencv_imgproc.boundingRect(corrected);
        }
    }

    private void remap(Mat source, Mat target) {
        opencv_imgproc.remap(
                source, target, points, fractions, opencv_imgproc.INTER_LINEAR, opencv_core.BORDER_CONSTANT, black);
    }

    /** Of a corrected picture, in pixels. */
    public int width() {
        return visible.width();
    }

    /** Of a corrected picture, in pixels. */
    public int height() {
        return visible.height();
    }

    /**
     * A straightened copy of a picture.
     *
     * @param picture of the size this was made for; stays as it is
     * @return the caller's to close
     */
    public Picture correct(Picture picture) {
        if (closed) {
            throw new IllegalStateException("the correction is closed");
        }
        if (picture.width() != sourceWidth || picture.height() != sourceHeight) {
            throw new IllegalArgumentException("a picture of " + picture.width() + "x" + picture.height()
                    + " for a correction of " + sourceWidth + "x" + sourceHeight);
        }
        Picture straight = Picture.blank(width(), height());
        try (Mat whole = new Mat()) {
            boolean uncropped = width() == sourceWidth && height() == sourceHeight;
            remap(picture.pixels(), uncropped ? straight.pixels() : whole);
            if (!uncropped) {
                try (Mat part = new Mat(whole, visible)) {
                    part.copyTo(straight.pixels());
                }
            }
        }
        return straight;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            points.close();
            fractions.close();
            black.close();
            visible.close();
        }
    }
}
