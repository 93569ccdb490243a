package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.VideoFrame;
import java.util.Optional;

/** Where pictures come from: a file, or a camera that does not wait. Used by one thread at a time, which closes it. */
interface Footage extends AutoCloseable {

    /** In pixels, of every picture. */
    int width();

    /** In pixels, of every picture. */
    int height();

    /** Pictures a second as the source tells it. */
    double frameRate();

    /** How long it is, as far as that is known; 0 where it is not. */
    double seconds();

    /** Whether pictures are gone that are not taken when they come. */
    boolean isLive();

    /**
     * The next picture, the caller's to close; empty at the end.
     *
     * @throws OspreyException when it cannot be read
     */
    Optional<VideoFrame> next();

    @Override
    void close();
}
