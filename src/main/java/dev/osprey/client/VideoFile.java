package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.VideoFrame;
import dev.osprey.imaging.VideoLimits;
import dev.osprey.imaging.VideoReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A recorded bout. */
final class VideoFile implements Footage {

    /** The user's own file: only what is plainly none of a bout's sizes is refused. */
    private static final VideoLimits LIMITS = new VideoLimits(8192, 8192, Duration.ofHours(2), 2_000_000);

    private final VideoReader reader;

    /** @throws ClientFailure when the file is no video that can be read */
    VideoFile(Path file) {
        try {
            reader = new VideoReader(file, LIMITS);
        } catch (OspreyException e) {
            throw new ClientFailure(ExitCode.USAGE, "Cannot open video " + file + ": " + e.reason());
        }
    }

    @Override
    public int width() {
        return reader.width();
    }

    @Override
    public int height() {
        return reader.height();
    }

    @Override
    public double frameRate() {
        return reader.frameRate();
    }

    @Override
    public double seconds() {
        return reader.duration().map(length -> length.toNanos() / 1e9).orElse(0.0);
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public Optional<VideoFrame> next() {
        return reader.next();
    }

    @Override
    public void close() {
        reader.close();
    }
}
