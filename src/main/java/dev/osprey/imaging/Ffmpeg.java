package dev.osprey.imaging;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * FFmpeg's native libraries, loaded once and told to be silent. Without libavdevice: cameras and screens are none of a
 * server's business, and it asks for libraries that a server does not have.
 */
final class Ffmpeg {

    /** An error number of the C library, and so of another value on macOS than elsewhere. */
    static final int TRY_AGAIN;

    private static final long MOST_BYTES_AT_ONCE = 1L << 29;

    static {
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        Loader.load(avcodec.class);
        Loader.load(avformat.class);
        Loader.load(swscale.class);
        // For one piece of memory: an index of a few bytes may claim 2 GiB.
        avutil.av_max_alloc(MOST_BYTES_AT_ONCE);
        TRY_AGAIN = org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN();
    }

    private Ffmpeg() {}

    /** Returns once the libraries are loaded; free after the first call. */
    static void load() {}

    /** The name of a local file that FFmpeg takes for nothing else, whatever signs are in it. */
    static String url(Path file) {
        return "file:" + file.toAbsolutePath();
    }

    /** What a negative result means, in FFmpeg's words. */
    static String reason(int result) {
        byte[] text = new byte[128];
        avutil.av_strerror(result, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** Adds an option; the dictionary is the caller's to free. */
    static void option(AVDictionary options, String name, String value) {
        avutil.av_dict_set(options, name, value, 0);
    }

    /** NaN for an unknown one. */
    static double value(AVRational rational) {
        return rational.den() == 0 || rational.num() == 0 ? Double.NaN : (double) rational.num() / rational.den();
    }

    /** The caller's to free. */
    static AVFrame newFrame() {
        return allocated(avutil.av_frame_alloc());
    }

    /** What a native function that allocates has returned. */
    static <T extends Pointer> T allocated(@Nullable T pointer) {
        if (pointer == null || pointer.isNull()) {
            throw new IllegalStateException("no native memory for a video");
        }
        return pointer;
    }
}
