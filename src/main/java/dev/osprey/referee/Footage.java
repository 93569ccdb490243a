package dev.osprey.referee;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoWriter;
import dev.osprey.runtime.Cancellation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Makes a video of a session's frames. */
final class Footage {

    private final Path folder;
    private final ImageLimits limits;
    private final int threads;

    /** @param folder of the session's spool, which is not open */
    Footage(Path folder, ImageLimits limits, int threads) {
        this.folder = folder;
        this.limits = limits;
        this.threads = threads;
    }

    /**
     * Writes the frames in the order of their numbers, each at the time that its number says. Where more numbers are missing than are
     * there, the numbers say nothing, and the frames follow each other without gaps.
     *
     * @param video is there once it is whole
     * @param progress is told, from 0 to 1
     * @return how many frames could not be decoded and are left out
     * @throws OspreyException {@link ErrorCode#VIDEO_UNREADABLE} where none could, {@link ErrorCode#CANCELLED}
     */
    int write(Path video, Cancellation cancellation, DoubleConsumer progress) throws IOException {
        SessionStart start = Spool.start(folder)
                .orElseThrow(() -> new OspreyException(ErrorCode.VIDEO_UNREADABLE, "The session is not whole"));
        int skipped = 0;
        try (Spool spool = Spool.open(folder);
                VideoWriter writer = new VideoWriter(
                        video, new VideoWriter.Settings(start.width(), start.height(), start.fps(), threads))) {
            List<Spool.Entry> entries = spool.entries();
            entries.sort(Comparator.comparingLong(Spool.Entry::number));
            long first = entries.isEmpty() ? 0 : entries.get(0).number();
            long span = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).number() - first + 1;
            boolean numbered = span <= 2L * entries.size();
            for (int i = 0; i < entries.size(); i++) {
                if (cancellation.isRequested()) {
                    throw new OspreyException(ErrorCode.CANCELLED, "The analysis was cancelled");
                }
                Spool.Entry entry = entries.get(i);
                double seconds = (numbered ? entry.number() - first : i) / start.fps();
                try (Picture picture = decode(entry, spool.read(entry))) {
                    writeInSize(picture, start, writer, seconds);
                } catch (OspreyException e) {
                    skipped++;
                }
                progress.accept((i + 1.0) / entries.size());
            }
            if (writer.frames() == 0) {
                throw new OspreyException(
                        ErrorCode.VIDEO_UNREADABLE, "None of the %d frames could be decoded".formatted(entries.size()));
            }
            writer.finish();
        }
        return skipped;
    }

    private Picture decode(Spool.Entry entry, ByteBuffer frame) {
        return entry.encoding() == Encoding.RAW ? Picture.raw(frame, limits) : Picture.decode(frame, limits);
    }

    private static void writeInSize(Picture picture, SessionStart start, VideoWriter writer, double seconds) {
        if (picture.width() == start.width() && picture.height() == start.height()) {
            writer.write(picture, seconds);
        } else {
            try (Picture resized = picture.resized(start.width(), start.height())) {
                writer.write(resized, seconds);
            }
        }
    }
}
