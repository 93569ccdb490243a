package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Camera;
import dev.osprey.imaging.VideoFrame;
import java.util.Optional;

/** A bout that is being fenced. */
final class LiveCamera implements Footage {

    private final Camera camera;
    private final double seconds;

    /**
     * @param wish    what the camera is asked for; it gives what it can
     * @param seconds after which the recording ends; 0 for when it is told to
     * @throws ClientFailure when there is no such camera
     */
    LiveCamera(int number, Camera.Wish wish, double seconds) {
        this.seconds = seconds;
        try {
            camera = new Camera(number, wish);
        } catch (OspreyException e) {
            throw new ClientFailure(ExitCode.USAGE, "Cannot open camera " + number + ": " + e.reason());
        }
    }

    @Override
    public int width() {
        return camera.width();
    }

    @Override
    public int height() {
        return camera.height();
    }

    @Override
    public double frameRate() {
        return camera.frameRate();
    }

    @Override
    public double seconds() {
        return seconds;
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public Optional<VideoFrame> next() {
        Optional<VideoFrame> next = camera.next();
        if (seconds > 0 && next.isPresent() && next.get().seconds() >= seconds) {
            next.get().close();
            return Optional.empty();
        }
        return next;
    }

    @Override
    public void close() {
        camera.close();
    }
}
