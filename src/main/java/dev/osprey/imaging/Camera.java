package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_videoio;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_videoio.VideoCapture;

/**
 * The pictures of a camera at this machine, as they come: whoever takes them late gets fewer. Used by one thread at a time; has
 * one owner, who closes it.
 */
public final class Camera implements AutoCloseable {

    static {
        OpenCv.load();
        Loader.load(opencv_videoio.class);
    }

    /** For cameras that do not tell. */
    private static final double USUAL_FRAME_RATE = 30;

    /**
     * What a camera is asked for.
     *
     * @param width     in pixels
     * @param height    in pixels
     * @param frameRate pictures a second
     */
    public record Wish(int width, int height, double frameRate) {}

    private final VideoCapture capture;
    private final Mat latest = new Mat();
    private final int width;
    private final int height;
    private final double frameRate;

    private long frames;
    private long startNanos;
    private boolean closed;

    /**
     * Opens a camera and waits for its first picture, which is thrown away.
     *
     * @param number of the cameras that the system has, from 0
     * @param wish   the camera gives what it can that is near
     * @throws OspreyException {@link ErrorCode#VIDEO_UNREADABLE} when there is none, or it gives no pictures
     */
    public Camera(int number, Wish wish) {
        this(new VideoCapture(number), wish);
    }

    Camera(VideoCapture capture, Wish wish) {
        this.capture = capture;
        boolean opened = false;
        try {
            if (!capture.isOpened()) {
                throw new OspreyException(ErrorCode.VIDEO_UNREADABLE, "there is none, or another program uses it");
            }
            capture.set(opencv_videoio.CAP_PROP_FRAME_WIDTH, wish.width());
            capture.set(opencv_videoio.CAP_PROP_FRAME_HEIGHT, wish.height());
            capture.set(opencv_videoio.CAP_PROP_FPS, wish.frameRate());
            if (!read()) {
                throw new OspreyException(ErrorCode.VIDEO_UNREADABLE, "it gives no pictures");
            }
            width = latest.cols();
            height = latest.rows();
            double told = capture.get(opencv_videoio.CAP_PROP_FPS);
            frameRate = told > 0 && told <= 1000 ? told : USUAL_FRAME_RATE;
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** Of every picture, in pixels. */
    public int width() {
        return width;
    }

    /** Of every picture, in pixels. */
    public int height() {
        return height;
    }

    /** Pictures a second as the camera tells, 30 where it does not; in bad light many give fewer. */
    public double frameRate() {
        return frameRate;
    }

    /**
     * Waits for the next picture.
     *
     * @return the caller's to close, with the time since the first one; empty when the camera gives no more
     */
    public Optional<VideoFrame> next() {
        if (closed) {
            throw new IllegalStateException("the camera is closed");
        }
        if (!read() || latest.cols() != width || latest.rows() != height) {
            return Optional.empty();
        }
        long now = System.nanoTime();
        if (frames == 0) {
            startNanos = now;
        }
        Picture picture = Picture.blank(width, height);
        latest.copyTo(picture.pixels());
        return Optional.of(new VideoFrame(frames++, (now - startNanos) / 1e9, picture));
    }

    private boolean read() {
        return capture.read(latest) && latest.type() == opencv_core.CV_8UC3;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            capture.release();
            capture.close();
            latest.close();
        }
    }
}
