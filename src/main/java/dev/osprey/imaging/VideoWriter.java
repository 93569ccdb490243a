package dev.osprey.imaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Writes pictures to an MP4 file that browsers play while it arrives: H.264, 4:2:0, index in front.
 *
 * <p>H.264 comes from OpenH264; where the FFmpeg library lacks it or it refuses the size, the video is VP9, else MPEG-4
 * part 2, which browsers do not play, in the same container; {@link #codec} tells. The file has its name only once it is
 * complete: until then the pictures are under a temporary name beside it. H.264 knows no odd sizes: a last column or row is
 * repeated.
 *
 * <p>Used by one thread at a time; has one owner, who closes it.
 */
public final class VideoWriter implements AutoCloseable {

    static {
        OpenCv.load();
        Ffmpeg.load();
    }

    /** Of the times, in a second: a multiple of all common frame rates, also of the 30000/1001 kind. */
    private static final int TICKS_PER_SECOND = 90_000;

    /** Seconds between pictures that can be decoded without those before them: the grid a player jumps on. */
    private static final int KEY_FRAME_SECONDS = 2;

    /** For each pixel of each picture; 2.8 Mbit/s at 1280x720 and 30 pictures a second. */
    private static final double BITS_PER_PIXEL = 0.1;

    private static final long LOWEST_BIT_RATE = 200_000;
    private static final long HIGHEST_BIT_RATE = 20_000_000;

    private static final String OPENH264 = "libopenh264";
    private static final String VP9 = "libvpx-vp9";
    private static final String[] ENCODERS = {OPENH264, VP9, "mpeg4"};

    /** OpenH264 finds out about smaller ones only when it is given the first picture. */
    private static final int SMALLEST_SIDE_OF_OPENH264 = 16;

    /**
     * What a video is made of.
     *
     * @param width     of the pictures, in pixels; an odd one makes the video a pixel wider
     * @param height    likewise
     * @param frameRate pictures a second, may be fractional; for pictures with times of their own the average
     * @param threads   that the encoder may use
     */
    public record Settings(int width, int height, double frameRate, int threads) {

        public Settings {
            if (width < 1 || height < 1 || !(frameRate > 0) || frameRate > 1000 || threads < 1) {
                throw new IllegalArgumentException("a video of " + width + "x" + height + " pixels, " + frameRate
                        + " frames a second, " + threads + " threads");
            }
        }

        private int evenWidth() {
            return width + width % 2;
        }

        private int evenHeight() {
            return height + height % 2;
        }

        private long bitRate() {
            double wanted = BITS_PER_PIXEL * width * height * frameRate;
            return (long) Math.max(LOWEST_BIT_RATE, Math.min(HIGHEST_BIT_RATE, wanted));
        }
    }

    private final Path target;
    private final Path unfinished;
    private final Settings settings;
    private final AVFormatContext container = new AVFormatContext(null);
    private final AVPacket packet;
    private final AVFrame source;
    private final AVFrame converted;
    private final SwsContext conversion;
    private final AVCodecContext encoder;
    private final AVStream stream;

    private long frames;
    private long lastTicks = -1;
    private boolean closed;

    /**
     * Starts a video.
     *
     * @param target is replaced when the video is finished; its folder exists
     * @throws UncheckedIOException when the file cannot be written
     */
    public VideoWriter(Path target, Settings settings) {
        this.target = target;
        this.settings = settings;
        unfinished = target.resolveSibling("." + target.getFileName() + ".unfinished");
        packet = Ffmpeg.allocated(avcodec.av_packet_alloc());
        source = Ffmpeg.newFrame();
        converted = Ffmpeg.newFrame();
        conversion = Ffmpeg.allocated(swscale.sws_alloc_context());
        boolean opened = false;
        try {
            encoder = openEncoder();
            stream = openContainer();
            allocateFrames();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** The first encoder that is there and takes the size. */
    private AVCodecContext openEncoder() {
        for (String name : ENCODERS) {
            AVCodec implementation = avcodec.avcodec_find_encoder_by_name(name);
            boolean tooSmall = Math.min(settings.width(), settings.height()) < SMALLEST_SIDE_OF_OPENH264;
            if (implementation == null || implementation.isNull() || (tooSmall && name.equals(OPENH264))) {
                continue;
            }
            AVCodecContext context = Ffmpeg.allocated(avcodec.avcodec_alloc_context3(implementation));
            describe(context);
            AVDictionary options = new AVDictionary(null);
            if (name.equals(VP9)) {
                // Its default takes seconds for a picture.
                Ffmpeg.option(options, "deadline", "realtime");
                Ffmpeg.option(options, "cpu-used", "7");
            }
            int result = avcodec.avcodec_open2(context, implementation, options);
            avutil.av_dict_free(options);
            if (result >= 0) {
                return context;
            }
            avcodec.avcodec_free_context(context);
        }
        throw new IllegalStateException(
                "no encoder takes a video of " + settings.width() + "x" + settings.height() + " pixels");
    }

    private void describe(AVCodecContext context) {
        context.width(settings.evenWidth());
        context.height(settings.evenHeight());
        context.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
        // Said, because players guess by the size otherwise.
        context.colorspace(avutil.AVCOL_SPC_BT709);
        context.color_primaries(avutil.AVCOL_PRI_BT709);
        context.color_trc(avutil.AVCOL_TRC_BT709);
        context.color_range(avutil.AVCOL_RANGE_MPEG);
        context.chroma_sample_location(avutil.AVCHROMA_LOC_LEFT);
        try (AVRational tick = new AVRational();
                AVRational rate = avutil.av_d2q(settings.frameRate(), 1_001_000)) {
            tick.num(1).den(TICKS_PER_SECOND);
            context.time_base(tick);
            context.framerate(rate);
        }
        context.bit_rate(settings.bitRate());
        context.gop_size((int) Math.max(1, Math.round(KEY_FRAME_SECONDS * settings.frameRate())));
        context.max_b_frames(0);
        context.thread_count(settings.threads());
        context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    }

    private AVStream openContainer() {
        // The name, because the file is read again to move the index in front.
        check(avformat.avformat_alloc_output_context2(container, null, "mp4", Ffmpeg.url(unfinished)));
        AVStream added = Ffmpeg.allocated(avformat.avformat_new_stream(container, null));
        check(avcodec.avcodec_parameters_from_context(added.codecpar(), encoder));
        added.time_base(encoder.time_base());
        added.avg_frame_rate(encoder.framerate());
        AVIOContext file = new AVIOContext(null);
        check(avformat.avio_open(file, Ffmpeg.url(unfinished), avformat.AVIO_FLAG_WRITE));
        container.pb(file);
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.option(options, "movflags", "+faststart");
        Ffmpeg.option(options, "video_track_timescale", Integer.toString(TICKS_PER_SECOND));
        int result = avformat.avformat_write_header(container, options);
        avutil.av_dict_free(options);
        check(result);
        return added;
    }

    /** Memory of the frames, kept from picture to picture; rows with room behind them, as vector instructions want it. */
    private void allocateFrames() {
        source.format(avutil.AV_PIX_FMT_BGR24);
        source.width(settings.evenWidth());
        source.height(settings.evenHeight());
        check(avutil.av_frame_get_buffer(source, 0));
        converted.format(avutil.AV_PIX_FMT_YUV420P);
        converted.width(settings.evenWidth());
        converted.height(settings.evenHeight());
        check(avutil.av_frame_get_buffer(converted, 0));
        converted.colorspace(avutil.AVCOL_SPC_BT709);
        converted.color_primaries(avutil.AVCOL_PRI_BT709);
        converted.color_trc(avutil.AVCOL_TRC_BT709);
        converted.color_range(avutil.AVCOL_RANGE_MPEG);
        converted.chroma_location(avutil.AVCHROMA_LOC_LEFT);
        conversion.flags(swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND);
        conversion.threads(1);
    }

    /** FFmpeg's name of how the pictures are compressed: {@code h264}, or what stood in for it. */
    public String codec() {
        requireOpen();
        return avcodec.avcodec_get_name(encoder.codec_id()).getString();
    }

    /** Pictures written. */
    public long frames() {
        return frames;
    }

    /** Writes the next picture of a video of constant rate. As {@link #write(Picture, double)}. */
    public void write(Picture picture) {
        write(picture, frames / settings.frameRate());
    }

    /**
     * Writes the next picture.
     *
     * @param picture of the video's size; stays the caller's
     * @param seconds from the start of the video; not before the picture in front of it, and where it is at the same time, it
     *     is shown 1/90000 s later
     * @throws UncheckedIOException when the file cannot be written
     */
    public void write(Picture picture, double seconds) {
        requireOpen();
        if (picture.width() != settings.width() || picture.height() != settings.height()) {
            throw new IllegalArgumentException("a picture of " + picture.width() + "x" + picture.height()
                    + " for a video of " + settings.width() + "x" + settings.height());
        }
        long ticks = Math.round(seconds * TICKS_PER_SECOND);
        if (!(seconds >= 0) || ticks < lastTicks) {
            throw new IllegalArgumentException("a picture at " + seconds + " s, behind one at "
                    + Math.max(0, lastTicks) / (double) TICKS_PER_SECOND + " s");
        }
        ticks = Math.max(ticks, lastTicks + 1);
        // The encoder may still hold the last one.
        check(avutil.av_frame_make_writable(converted));
        convert(picture);
        converted.pts(ticks);
        check(avcodec.avcodec_send_frame(encoder, converted));
        drain();
        lastTicks = ticks;
        frames++;
    }

    private void convert(Picture picture) {
        try (Mat padded = new Mat(
                        settings.evenHeight(),
                        settings.evenWidth(),
                        opencv_core.CV_8UC3,
                        source.data(0),
                        source.linesize(0));
                Scalar none = Scalar.all(0)) {
            opencv_core.copyMakeBorder(
                    picture.pixels(),
                    padded,
                    0,
                    settings.evenHeight() - settings.height(),
                    0,
                    settings.evenWidth() - settings.width(),
                    opencv_core.BORDER_REPLICATE,
                    none);
        }
        check(swscale.sws_scale_frame(conversion, converted, source));
    }

    /** Writes what the encoder has ready. */
    private void drain() {
        while (true) {
            int result = avcodec.avcodec_receive_packet(encoder, packet);
            if (result == Ffmpeg.TRY_AGAIN || result == avutil.AVERROR_EOF) {
                return;
            }
            check(result);
            packet.stream_index(stream.index());
            if (packet.duration() == 0) {
                // Of the last picture; those before it last until the next one.
                packet.duration(Math.round(TICKS_PER_SECOND / settings.frameRate()));
            }
            avcodec.av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            check(avformat.av_interleaved_write_frame(container, packet));
        }
    }

    /**
     * Completes the video and gives it its name. Without this call nothing is left of it.
     *
     * @throws UncheckedIOException when the file cannot be written
     * @throws IllegalStateException without a picture
     */
    public void finish() {
        requireOpen();
        if (frames == 0) {
            throw new IllegalStateException("a video without a picture");
        }
        check(avcodec.avcodec_send_frame(encoder, null));
        drain();
        check(avformat.av_write_trailer(container));
        closeFile();
        try {
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            close();
        }
    }

    private void closeFile() {
        AVIOContext file = container.pb();
        if (file != null && !file.isNull()) {
            int result = avformat.avio_close(file);
            container.pb(null);
            check(result);
        }
    }

    private static void check(int result) {
        if (result < 0) {
            throw new UncheckedIOException(new IOException("video cannot be written: " + Ffmpeg.reason(result)));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the video is closed");
        }
    }

    /** Drops a video that is not finished. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!container.isNull()) {
                closeFile();
            }
        } finally {
            release();
        }
    }

    private void release() {
        if (!container.isNull()) {
            avformat.avformat_free_context(container);
        }
        if (encoder != null) {
            avcodec.avcodec_free_context(encoder);
        }
        avcodec.av_packet_free(packet);
        avutil.av_frame_free(source);
        avutil.av_frame_free(converted);
        swscale.sws_free_context(conversion);
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
