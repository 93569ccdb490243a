package dev.osprey.client;

import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoFrame;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;

/** Computed footage: picture n is grey of the level n + 10, at the time it is given. */
final class Bout implements Footage {

    static final int WIDTH = 32;
    static final int HEIGHT = 16;

    private final double[] times;
    private final double frameRate;
    private final boolean live;
    private final IntPredicate ready;
    private int next;

    /**
     * Footage with pictures at any times.
     *
     * @param ready asked before each picture, by its number; the footage ends with the first {@code false}
     */
    Bout(double frameRate, boolean live, IntPredicate ready, double... times) {
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
                picture -> true,
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
        if (next == times.length || !ready.test(next)) {
            return Optional.empty();
        }
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        Arrays.fill(rgb, (byte) (next + 10));
        return Optional.of(new VideoFrame(next, times[next++], Picture.ofRgb(WIDTH, HEIGHT, rgb)));
    }

    @Override
    public void close() {
        next = times.length;
    }
}
