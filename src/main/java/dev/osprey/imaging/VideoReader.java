package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The pictures of a video file, one after the other: MP4, MOV, MKV, WebM or AVI, the best video stream in it.
 *
 * <p>The file is a stranger's: only containers and decoders of a list are tried, and nothing that the file names is opened,
 * neither another file nor an address. Works on the caller's thread, holds a few pictures at most, is used by one thread at a
 * time and has one owner, who closes it. Pixels that are not square are given as they are stored.
 */
public final class VideoReader implements AutoCloseable {

    static {
        OpenCv.load();
        Ffmpeg.load();
    }

    /** Containers that hold their streams themselves; FFmpeg also reads playlists, which name other files. */
    private static final String CONTAINERS = "mov,matroska,avi";

    /** What cameras, browsers, phones and programs write. */
    private static final String DECODERS = "h264,hevc,vp8,vp9,libaom-av1,av1,mpeg4,msmpeg4v2,msmpeg4,mjpeg,mpeg1video,"
            + "mpeg2video,h263,prores,dnxhd,ffv1,huffyuv,ffvhuff,png,rawvideo";

    /** For files that do not tell, as a browser's recordings; the times of the pictures are right all the same. */
    private static final double USUAL_FRAME_RATE = 30;

    /** A stream of no constant rate is given that of its clock instead. */
    private static final double HIGHEST_FRAME_RATE = 1000;

    private static final double MICROSECONDS = 1e6;

    private final VideoLimits limits;
    private final AVFormatContext container = new AVFormatContext(null);
    private final AVCodecContext decoder;
    private final AVPacket packet;
    private final AVFrame decoded;
    private final AVFrame converted;
    private final SwsContext conversion;

    private final int stream;
    private final int quarterTurns;
    private final int width;
    private final int height;
    private final int storedWidth;
    private final int storedHeight;
    private final double frameRate;
    private final double secondsPerTick;
    private final double claimedSeconds;
    private final long claimedFrames;
    private final String codec;

    private long startTicks;
    private double lastSeconds = -1;
    private long frames;
    private long damaged;
    private boolean drained;
    private boolean closed;

    /**
     * Opens a video.
     *
     * @throws OspreyException {@link ErrorCode#VIDEO_UNREADABLE} for a file that is not there, no video or damaged in its
     *     header; {@link ErrorCode#VIDEO_TOO_LARGE}
     */
    public VideoReader(Path file, VideoLimits limits) {
        this.limits = limits;
        if (!Files.isRegularFile(file)) {
            throw unreadable("no file to read a video from");
        }
        decoder = Ffmpeg.allocated(avcodec.avcodec_alloc_context3(null));
        packet = Ffmpeg.allocated(avcodec.av_packet_alloc());
        decoded = Ffmpeg.newFrame();
        converted = Ffmpeg.newFrame();
        conversion = Ffmpeg.allocated(swscale.sws_alloc_context());
        boolean opened = false;
        try {
            openContainer(file);
            AVStream video = probe();
            AVCodecParameters parameters = video.codecpar();
            stream = video.index();
            limits.checkSize(parameters.width(), parameters.height());
            codec = avcodec.avcodec_get_name(parameters.codec_id()).getString();
            quarterTurns = quarterTurns(parameters);
            storedWidth = parameters.width();
            storedHeight = parameters.height();
            boolean lying = quarterTurns % 2 == 1;
            width = lying ? storedHeight : storedWidth;
            height = lying ? storedWidth : storedHeight;
            secondsPerTick = Ffmpeg.value(video.time_base());
            startTicks = video.start_time();
            frameRate = frameRate(video);
            claimedSeconds = claimedSeconds(video);
            claimedFrames = video.nb_frames();
            limits.checkSeconds(claimedSeconds);
            limits.checkFrames(claimedFrames);
            openDecoder(video);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void openContainer(Path file) {
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.option(options, "protocol_whitelist", "file");
        Ffmpeg.option(options, "format_whitelist", CONTAINERS);
        Ffmpeg.option(options, "codec_whitelist", DECODERS);
        // A QuickTime file may say that its pictures are in another one.
        Ffmpeg.option(options, "enable_drefs", "0");
        int result = avformat.avformat_open_input(container, Ffmpeg.url(file), null, options);
        avutil.av_dict_free(options);
        if (result < 0) {
            throw unreadable("file that is no MP4, MOV, MKV, WebM or AVI video, or damaged", result);
        }
    }

    /** Finds the best video stream; the sizes of all are checked before, for FFmpeg may decode to find out about a stream. */
    private AVStream probe() {
        int streams = container.nb_streams();
        boolean video = false;
        for (int i = 0; i < streams; i++) {
            AVStream candidate = container.streams(i);
            AVCodecParameters parameters = candidate.codecpar();
            if (parameters.codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
                video = true;
                limits.checkSize(parameters.width(), parameters.height());
            } else {
                candidate.discard(avcodec.AVDISCARD_ALL);
            }
        }
        if (!video) {
            throw unreadable("file without a video stream");
        }
        try (PointerPointer<AVDictionary> options = new PointerPointer<>(streams)) {
            for (int i = 0; i < streams; i++) {
                AVDictionary ofStream = new AVDictionary(null);
                Ffmpeg.option(ofStream, "max_pixels", Long.toString(maxPixels()));
                Ffmpeg.option(ofStream, "threads", "1");
                options.put(i, ofStream);
            }
            int result = avformat.avformat_find_stream_info(container, options);
            for (int i = 0; i < streams; i++) {
                avutil.av_dict_free(new AVDictionary(options.get(i)));
            }
            if (result < 0) {
                throw unreadable("video that is damaged", result);
            }
        }
        int best =
                avformat.av_find_best_stream(container, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0);
        if (best < 0) {
            throw unreadable("file without a video stream", best);
        }
        AVStream found = container.streams(best);
        if (found.codecpar().width() < 1 || found.codecpar().height() < 1) {
            throw unreadable("video that does not say how large its pictures are");
        }
        return found;
    }

    /** More than a picture of the limit, because decoders count in whole blocks. */
    private long maxPixels() {
        return (limits.maxWidth() + 128L) * (limits.maxHeight() + 128L);
    }

    private void openDecoder(AVStream video) {
        AVCodec implementation = avcodec.avcodec_find_decoder(video.codecpar().codec_id());
        if (implementation == null || implementation.isNull()) {
            throw unreadable("video of the kind " + codec + ", which is not supported");
        }
        avcodec.avcodec_parameters_to_context(decoder, video.codecpar());
        decoder.pkt_timebase(video.time_base());
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.option(options, "codec_whitelist", DECODERS);
        Ffmpeg.option(options, "max_pixels", Long.toString(maxPixels()));
        // The caller's thread: FFmpeg would take one for each processor.
        Ffmpeg.option(options, "threads", "1");
        int result = avcodec.avcodec_open2(decoder, implementation, options);
        avutil.av_dict_free(options);
        if (result < 0) {
            throw unreadable("video of the kind " + codec + ", which is not supported", result);
        }
    }

    /** How far the pictures have to be turned to be upright, clockwise; a mirror image stays one. */
    private static int quarterTurns(AVCodecParameters parameters) {
        if (parameters.nb_coded_side_data() == 0) {
            return 0;
        }
        AVPacketSideData matrix = avcodec.av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull() || matrix.size() < 9 * Integer.BYTES) {
            return 0;
        }
        double anticlockwise = avutil.av_display_rotation_get(new IntPointer(matrix.data()));
        return Double.isNaN(anticlockwise) ? 0 : Math.floorMod(Math.round(-anticlockwise / 90), 4);
    }

    private static double frameRate(AVStream video) {
        double average = Ffmpeg.value(video.avg_frame_rate());
        if (average > 0 && average < HIGHEST_FRAME_RATE) {
            return average;
        }
        double least = Ffmpeg.value(video.r_frame_rate());
        return least > 0 && least < HIGHEST_FRAME_RATE ? least : USUAL_FRAME_RATE;
    }

    /** NaN for an unknown duration. */
    private double claimedSeconds(AVStream video) {
        if (video.duration() > 0) {
            return video.duration() * secondsPerTick;
        }
        return container.duration() > 0 ? container.duration() / MICROSECONDS : Double.NaN;
    }

    /** Of an upright picture, in pixels. */
    public int width() {
        return width;
    }

    /** Of an upright picture, in pixels. */
    public int height() {
        return height;
    }

    /**
     * The average number of pictures a second as the file tells, 30 where it does not, as in a browser's recordings. The times
     * of the pictures are what counts.
     */
    public double frameRate() {
        return frameRate;
    }

    /** What the file tells, which may be wrong; empty where it does not, as in MKV and WebM. */
    public OptionalLong frameCount() {
        return claimedFrames > 0 ? OptionalLong.of(claimedFrames) : OptionalLong.empty();
    }

    /** What the file tells, which may be wrong; empty where it does not, as in a browser's recordings. */
    public Optional<Duration> duration() {
        return Double.isNaN(claimedSeconds)
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) (claimedSeconds * 1e9)));
    }

    /** FFmpeg's name of how the pictures are compressed, such as {@code h264}. */
    public String codec() {
        return codec;
    }

    /** Pictures and pieces of the stream, up to here, that were damaged and left out. */
    public long damaged() {
        return damaged;
    }

    /**
     * Decodes the next picture that is whole. A file that is cut off ends where the cut is.
     *
     * @return the caller's to close; empty at the end
     * @throws OspreyException {@link ErrorCode#VIDEO_TOO_LARGE} when the video is longer than its header said and than the
     *     limit; {@link ErrorCode#VIDEO_UNREADABLE} at the end of a video without any whole picture
     */
    public Optional<VideoFrame> next() {
        requireOpen();
        try {
            while (true) {
                int result = avcodec.avcodec_receive_frame(decoder, decoded);
                if (result == avutil.AVERROR_EOF) {
                    if (frames == 0) {
                        throw unreadable("video without a picture that can be decoded");
                    }
                    return Optional.empty();
                }
                if (result == Ffmpeg.TRY_AGAIN) {
                    feed();
                } else if (result < 0 || isDamaged(decoded)) {
                    damaged++;
                } else {
                    return Optional.of(frame());
                }
            }
        } finally {
            avutil.av_frame_unref(decoded);
        }
    }

    private static boolean isDamaged(AVFrame frame) {
        return frame.decode_error_flags() != 0
                || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0
                || frame.width() < 1
                || frame.height() < 1;
    }

    /** Hands the decoder the stream's next packet, or the end. */
    private void feed() {
        if (drained) {
            throw new IllegalStateException("the decoder of a video asks for more than there is");
        }
        int read = avformat.av_read_frame(container, packet);
        if (read < 0) {
            if (read != avutil.AVERROR_EOF) {
                damaged++;
            }
            drained = true;
            avcodec.avcodec_send_packet(decoder, null);
            return;
        }
        if (packet.stream_index() == stream && avcodec.avcodec_send_packet(decoder, packet) < 0) {
            damaged++;
        }
        avcodec.av_packet_unref(packet);
    }

    private VideoFrame frame() {
        double seconds = seconds(decoded.best_effort_timestamp());
        limits.checkSeconds(seconds);
        limits.checkFrames(frames + 1);
        VideoFrame frame = new VideoFrame(frames, seconds, picture());
        lastSeconds = seconds;
        frames++;
        return frame;
    }

    private double seconds(long ticks) {
        if (ticks == avutil.AV_NOPTS_VALUE) {
            return lastSeconds < 0 ? 0 : lastSeconds + 1 / frameRate;
        }
        if (startTicks == avutil.AV_NOPTS_VALUE) {
            startTicks = ticks;
        }
        return Math.max((ticks - startTicks) * secondsPerTick, Math.max(lastSeconds, 0));
    }

    /** The decoded frame as BGR, upright and in the size of the video, should the stream have changed it. */
    private Picture picture() {
        avutil.av_frame_unref(converted);
        converted.format(avutil.AV_PIX_FMT_BGR24);
        converted.width(storedWidth);
        converted.height(storedHeight);
        conversion.flags(swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND);
        conversion.threads(1);
        // Into rows that have room behind them: vector instructions write beyond the last pixel.
        int result = swscale.sws_scale_frame(conversion, converted, decoded);
        if (result < 0) {
            throw unreadable("video with pictures of a format that is not supported", result);
        }
        Picture picture = Picture.blank(width, height);
        try (Mat stored =
                new Mat(storedHeight, storedWidth, opencv_core.CV_8UC3, converted.data(0), converted.linesize(0))) {
            switch (quarterTurns) {
                case 1 -> opencv_core.rotate(stored, picture.pixels(), opencv_core.ROTATE_90_CLOCKWISE);
                case 2 -> opencv_core.rotate(stored, picture.pixels(), opencv_core.ROTATE_180);
                case 3 -> opencv_core.rotate(stored, picture.pixels(), opencv_core.ROTATE_90_COUNTERCLOCKWISE);
                default -> stored.copyTo(picture.pixels());
            }
        }
        return picture;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the video is closed");
        }
    }

    private static OspreyException unreadable(String detail) {
        return new OspreyException(ErrorCode.VIDEO_UNREADABLE, detail);
    }

    private static OspreyException unreadable(String detail, int result) {
        return new OspreyException(
                ErrorCode.VIDEO_UNREADABLE, detail, new IllegalArgumentException(Ffmpeg.reason(result)));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avcodec.avcodec_free_context(decoder);
            if (!container.isNull()) {
                avformat.avformat_close_input(container);
            }
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(decoded);
            avutil.av_frame_free(converted);
            swscale.sws_free_context(conversion);
        }
    }
}
