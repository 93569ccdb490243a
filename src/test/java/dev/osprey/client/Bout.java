package dev.osprey.client;

import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoFrame;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/** Computed footage: picture n is grey of the level n + 10, at the time it is given. */
final class Bout implements Footage {

    static final int WIDTH = 32;
    static final int HEIGHT = 16;

    private final double[] times;
    private final double frameRate;
    private final boolean live;
    private final Supplier<Boolean> ready;
    private int next;

    /**
     * Footage with pictures at any times.
     *
     * @param ready asked before each picture of a camera; the recording ends with the first {@code false}
     */
    Bout(double frameRate, boolean live, Supplier<Boolean> ready, double... times) {
        this.frameRate = frameRate;
        this.live = live;
        this.ready = ready;
        this.times = times.clone();
    }

    /** A file of a constant rate. */
    static Bout of(int frames, double frameRate) {
        return new Bout(
                frameRate,
                false,
                () -> true,
                DoubleStream.iterate(0, n -> n + 1)
                        .limit(frames)
                        .map(n -> n / frameRate)
                        .toArray());
    }

    /** The picture that a frame shows, told by its level; of a raw frame. */
    static int pictureOf(byte[] rawFrame) {
        return (rawFrame[12] & 0xFF) - 10;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public double frameRate() {
        return frameRate;
    }

    @Override
    public double seconds() {
        return times.length / frameRate;
    }

    @Override
    public boolean isLive() {
        return live;
    }

    @Override
    public Optional<VideoFrame> next() {
        if (next == times.length || !ready.get()) {
            return Optional.empty();
        }
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        java.util.Arrays.fill(rgb, (byte) (next + 10));
        return Optional.of(new VideoFrame(next, times[next++], Picture.ofRgb(WIDTH, HEIGHT, rgb)));
    }

    @Override
    public void close() {
        next = times.length;
    }
}
