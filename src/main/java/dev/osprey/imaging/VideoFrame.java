package dev.osprey.imaging;

/**
 * A picture of a video and when it is shown. Closing it closes the picture.
 *
 * @param index   of the pictures that could be read, from 0
 * @param seconds from the start of the video; never falls from one picture to the next
 * @param picture upright
 */
public record VideoFrame(long index, double seconds, Picture picture) implements AutoCloseable {

    @Override
    public void close() {
        picture.close();
    }
}
