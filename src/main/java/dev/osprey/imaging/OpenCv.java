package dev.osprey.imaging;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;

/** OpenCV's native libraries, loaded once and told to stay on the caller's thread: Osprey's workers are the parallelism. */
final class OpenCv {

    static {
        opencv_core.setNumThreads(1);
        // Now, so that no frame pays for it.
        Loader.load(opencv_imgproc.class);
        Loader.load(opencv_imgcodecs.class);
    }

    private OpenCv() {}

    /** Returns once the libraries are loaded; free after the first call, which takes about a second. */
    static void load() {}
}
