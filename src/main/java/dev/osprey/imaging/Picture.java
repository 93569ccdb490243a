package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Pixels in native memory: uint8 [height, width, 3], BGR, row by row without padding.
 *
 * <p>Has one owner, who closes it; used by one thread at a time. After {@link #close} every method throws
 * {@link IllegalStateException}.
 */
public final class Picture implements AutoCloseable {

    static {
        OpenCv.load();
    }

    /** Steps from a pixel to the next when a point between them is looked up. */
    private static final int STEP_BITS = 5;

    private static final int STEPS = 1 << STEP_BITS;

    /** Pixels in fixed point: 37 binary places, so that a step is one in the upper half of a long. */
    private static final int FIXED_BITS = 32 + STEP_BITS;

    private static final double FIXED = 1L << FIXED_BITS;
    private static final long HALF_A_STEP = 1L << (FIXED_BITS - STEP_BITS - 1);

    private final Mat pixels;
    private final ByteBuffer bgr;
    private final int width;
    private final int height;
    private boolean closed;

    private Picture(Mat pixels) {
        this.pixels = pixels;
        this.bgr = pixels.createBuffer();
        this.width = pixels.cols();
        this.height = pixels.rows();
    }

    /** A picture whose pixels are whatever the memory held. */
    static Picture blank(int width, int height) {
        return new Picture(new Mat(height, width, opencv_core.CV_8UC3));
    }

    /**
     * Decodes the remaining bytes to 8-bit colour: grey is replicated, alpha dropped, 16 bits reduced, EXIF orientation
     * applied. Nothing is decoded before bytes and header are within the limits.
     *
     * <p>A JPEG that ends before its end-of-image marker is refused, whatever could be shown of it; bytes behind the marker
     * are ignored. A flipped bit inside the compressed data of a JPEG is not noticed: the format has no checksum.
     *
     * @param encoded direct (read in place) or on the heap (copied); position and limit stay
     * @throws OspreyException {@link ErrorCode#IMAGE_EMPTY}, {@link ErrorCode#IMAGE_TOO_LARGE},
     *     {@link ErrorCode#IMAGE_UNREADABLE}
     */
    public static Picture decode(ByteBuffer encoded, ImageLimits limits) {
        return new Picture(decode(encoded, inspect(encoded, limits), opencv_imgcodecs.IMREAD_COLOR));
    }

    private static Mat decode(ByteBuffer encoded, ImageHeader header, int how) {
        Mat decoded;
        try (BytePointer bytes = inNativeMemory(encoded);
                Mat source = new Mat(1, encoded.remaining(), opencv_core.CV_8UC1, bytes)) {
            decoded = opencv_imgcodecs.imdecode(source, how);
        } catch (RuntimeException refusedByDecoder) {
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE, header.format() + " that cannot be decoded", refusedByDecoder);
        }
        if (decoded.empty()) {
            decoded.close();
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE,
                    header.format() + " of " + encoded.remaining() + " bytes is damaged or cut off");
        }
        return decoded;
    }

    /**
     * A picture as people see it, and what was stored of it.
     *
     * @param picture the caller's to close
     * @param channels 1 grey, 3 colour, 4 colour with transparency
     */
    public record Flattened(Picture picture, int channels) {}

    /**
     * Decodes as {@link #decode} does, but what is transparent shows white; animated pictures show their first frame.
     *
     * @throws OspreyException as {@link #decode}
     */
    public static Flattened onWhite(ByteBuffer encoded, ImageLimits limits) {
        ImageHeader header = inspect(encoded, limits);
        if (header.format() == ImageHeader.Format.JPEG || header.format() == ImageHeader.Format.BMP) {
            // Nothing transparent in them, but a camera's orientation, which is lost when all that is stored is asked
            // for.
            return new Flattened(decode(encoded, limits), 3);
        }
        try (Mat stored = decode(encoded, header, opencv_imgcodecs.IMREAD_UNCHANGED)) {
            int channels = stored.channels();
            if (channels != 4) {
                return new Flattened(decode(encoded, limits), channels);
            }
            try (Mat bytes = new Mat()) {
                stored.convertTo(bytes, opencv_core.CV_8UC4, stored.depth() == opencv_core.CV_16U ? 1 / 257.0 : 1, 0);
                Picture flat = blank(bytes.cols(), bytes.rows());
                layOnWhite(bytes.createBuffer(), flat.bgr);
                return new Flattened(flat, channels);
            }
        }
    }

    private static void layOnWhite(ByteBuffer bgra, ByteBuffer bgr) {
        for (int from = 0, to = 0; from < bgra.capacity(); from += 4, to += 3) {
            int opacity = bgra.get(from + 3) & 0xFF;
            for (int channel = 0; channel < 3; channel++) {
                int colour = bgra.get(from + channel) & 0xFF;
                bgr.put(to + channel, (byte) ((colour * opacity + 255 * (255 - opacity) + 127) / 255));
            }
        }
    }

    /**
     * Whether {@link #decode} would try: everything about an image that can be seen without decoding it. Some
     * microseconds for a JPEG or PNG as cameras and programs write it; up to a millisecond for one that is progressive or
     * cut off, because all of it is looked through.
     *
     * <p>Sees another format, a damaged header, sizes over the limit and an image that is cut off. Does not see damage inside
     * the compressed data, nor an image that is cut off and has something else behind the cut.
     *
     * @throws OspreyException {@link ErrorCode#IMAGE_EMPTY}, {@link ErrorCode#IMAGE_TOO_LARGE},
     *     {@link ErrorCode#IMAGE_UNREADABLE}
     */
    public static ImageHeader inspect(ByteBuffer encoded, ImageLimits limits) {
        limits.check(encoded);
        ImageHeader header = ImageHeader.read(encoded);
        limits.check(header);
        switch (header.format()) {
            case JPEG -> JpegMarkers.refuseTooManyScansOrCutOff(encoded);
            case PNG -> PngChunks.refuseCutOff(encoded);
            case WEBP, BMP, TIFF, GIF -> {}
        }
        return header;
    }

    /**
     * The picture of a frame that is not compressed: grey is replicated, alpha dropped.
     *
     * @param raw header and pixels as {@link RawFrame} has them; direct or on the heap, copied; position and limit stay
     * @throws OspreyException as {@link RawFrame#read}
     */
    public static Picture raw(ByteBuffer raw, ImageLimits limits) {
        RawFrame frame = RawFrame.read(raw, limits);
        ByteBuffer pixels = raw.slice(raw.position() + RawFrame.HEADER_BYTES, raw.remaining() - RawFrame.HEADER_BYTES);
        Picture picture = blank(frame.width(), frame.height());
        if (frame.channels() == 3) {
            picture.bgr.duplicate().put(pixels);
            return picture;
        }
        boolean grey = frame.channels() == 1;
        try (BytePointer memory = inNativeMemory(pixels);
                Mat source = new Mat(
                        frame.height(), frame.width(), grey ? opencv_core.CV_8UC1 : opencv_core.CV_8UC4, memory)) {
            opencv_imgproc.cvtColor(
                    source, picture.pixels, grey ? opencv_imgproc.COLOR_GRAY2BGR : opencv_imgproc.COLOR_BGRA2BGR);
        }
        return picture;
    }

    /**
     * A picture from generated pixels.
     *
     * @param rgb uint8 [height, width, 3], RGB; copied
     */
    public static Picture ofRgb(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "a picture of " + width + "x" + height + " from " + rgb.length + " bytes");
        }
        Picture picture = blank(width, height);
        picture.bgr.put(0, withRedAndBlueSwapped(rgb));
        return picture;
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    /** The pixels themselves: uint8 [height, width, 3], BGR, direct, from position 0, valid until {@link #close}. */
    public ByteBuffer bgr() {
        requireOpen();
        return bgr.duplicate();
    }

    /** A copy: uint8 [height, width, 3], RGB. */
    public byte[] rgb() {
        requireOpen();
        byte[] copy = new byte[bgr.capacity()];
        bgr.get(0, copy);
        return withRedAndBlueSwapped(copy);
    }

    /**
     * Writes the whole picture in another size, without regard to its aspect ratio.
     *
     * @param target direct; uint8 [height, width, 3] written from its position, which stays
     */
    public void resizeInto(ByteBuffer target, int width, int height, Interpolation interpolation, ColourOrder order) {
        requireOpen();
        requireRoom(target, width, height);
        boolean sameSize = width == this.width && height == this.height;
        int flag = interpolation == Interpolation.AREA && width < this.width
                ? opencv_imgproc.INTER_AREA
                : opencv_imgproc.INTER_LINEAR;
        try (BytePointer memory = new BytePointer(target.slice());
                Mat resized = new Mat(height, width, opencv_core.CV_8UC3, memory);
                Size size = new Size(width, height)) {
            if (!sameSize || order == ColourOrder.BGR) {
                opencv_imgproc.resize(pixels, resized, size, 0, 0, flag);
            }
            if (order == ColourOrder.RGB) {
                // Two headers over the same memory: with one, OpenCV would first copy the pixels.
                try (Mat inPlace = new Mat(height, width, opencv_core.CV_8UC3, memory)) {
                    opencv_imgproc.cvtColor(sameSize ? pixels : inPlace, resized, opencv_imgproc.COLOR_BGR2RGB);
                }
            }
        }
    }

    /**
     * A copy in another size, bilinear, without regard to its aspect ratio.
     *
     * @return the caller's to close
     */
    public Picture resized(int width, int height) {
        Picture resized = blank(width, height);
        resizeInto(resized.bgr(), width, height, Interpolation.BILINEAR, ColourOrder.BGR);
        return resized;
    }

    /**
     * The middle of the picture, as much as fits the shape, in another size: bicubic where it grows, the mean of the area where it
     * shrinks.
     *
     * @return the caller's to close
     */
    public Picture covering(int width, int height) {
        requireOpen();
        double scale = Math.max((double) width / this.width, (double) height / this.height);
        int across = Math.max(1, Math.min(this.width, (int) Math.round(width / scale)));
        int down = Math.max(1, Math.min(this.height, (int) Math.round(height / scale)));
        Picture covering = blank(width, height);
        try (Rect middle = new Rect((this.width - across) / 2, (this.height - down) / 2, across, down);
                Mat part = new Mat(pixels, middle);
                Size size = new Size(width, height)) {
            opencv_imgproc.resize(
                    part,
                    covering.pixels,
                    size,
                    0,
                    0,
                    scale < 1 ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_CUBIC);
        }
        return covering;
    }

    /**
     * Writes a part of the picture, turned upright, in another size: the pixel in column c and row r is the blend of the four
     * that are nearest to the point c / width across and r / height down the crop.
     *
     * <p>The point is rounded to 1/32 of a pixel. So it was in OpenCV when the networks that follow hands were made with it;
     * its present transformations do not, and landmarks of hands that are hard to see differ by some per cent for it.
     *
     * @param target direct; uint8 [height, width, 3] written from its position, which stays
     */
    public void cropInto(ByteBuffer target, int width, int height, Crop crop, Border border, ColourOrder order) {
        requireOpen();
        requireRoom(target, width, height);
        long pixelsOfCrop = (long) width * height;
        try (BytePointer memory = new BytePointer(target.slice());
                Mat cropped = new Mat(height, width, opencv_core.CV_8UC3, memory);
                IntPointer points = new IntPointer(pixelsOfCrop);
                ShortPointer fractions = new ShortPointer(pixelsOfCrop);
                Mat pointMap = new Mat(height, width, opencv_core.CV_16SC2, points);
                Mat fractionMap = new Mat(height, width, opencv_core.CV_16UC1, fractions);
                Scalar black = Scalar.all(0)) {
            writePoints(crop, width, height, points.asBuffer(), fractions.asBuffer());
            opencv_imgproc.remap(
                    pixels,
                    cropped,
                    pointMap,
                    fractionMap,
                    opencv_imgproc.INTER_LINEAR,
                    border == Border.EDGE ? opencv_core.BORDER_REPLICATE : opencv_core.BORDER_CONSTANT,
                    black);
            if (order == ColourOrder.RGB) {
                // Two headers over the same memory: with one, OpenCV would first copy the pixels.
                try (Mat inPlace = new Mat(height, width, opencv_core.CV_8UC3, memory)) {
                    opencv_imgproc.cvtColor(inPlace, cropped, opencv_imgproc.COLOR_BGR2RGB);
                }
            }
        }
    }

    /**
     * Where each pixel of the crop comes from. Counts in fixed point along the rows: this is done for every frame, and in
     * floating point takes nearly as long as the blending.
     *
     * @param points [height, width]: column of the picture in the lower 16 bits, row in the upper ones; so two int16 lie in
     *     memory on every platform there are native libraries for
     * @param fractions uint16 [height, width]: how far the point lies beyond them, in 1/32, the row's times 32
     */
    private static void writePoints(Crop crop, int width, int height, IntBuffer points, ShortBuffer fractions) {
        double left = crop.x(0, 0);
        double upper = crop.y(0, 0);
        double downX = (crop.x(0, 1) - left) / height;
        double downY = (crop.y(0, 1) - upper) / height;
        long acrossX = (long) ((crop.x(1, 0) - left) / width * FIXED);
        long acrossY = (long) ((crop.y(1, 0) - upper) / width * FIXED);
        int at = 0;
        for (int row = 0; row < height; row++) {
            long fixedX = (long) ((left + downX * row) * FIXED) + HALF_A_STEP;
            long fixedY = (long) ((upper + downY * row) * FIXED) + HALF_A_STEP;
            for (int column = 0; column < width; column++) {
                int x = (int) (fixedX >> (FIXED_BITS - STEP_BITS));
                int y = (int) (fixedY >> (FIXED_BITS - STEP_BITS));
                points.put(at, (within16Bits(y >> STEP_BITS) << 16) | (within16Bits(x >> STEP_BITS) & 0xFFFF));
                fractions.put(at, (short) (((y & (STEPS - 1)) << STEP_BITS) | (x & (STEPS - 1))));
                fixedX += acrossX;
                fixedY += acrossY;
                at++;
            }
        }
    }

    private static int within16Bits(int value) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
    }

    private static void requireRoom(ByteBuffer target, int width, int height) {
        if (width < 1 || height < 1 || !target.isDirect() || target.remaining() < 3L * width * height) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " into "
                    + (target.isDirect() ? "" : "heap ") + "memory of " + target.remaining() + " bytes");
        }
    }

    /**
     * Encodes to baseline JPEG with halved chroma.
     *
     * @param quality 1 to 100
     * @return the caller's; on the heap, where both the socket and the base64 encoder want it
     */
    public byte[] jpeg(int quality) {
        requireOpen();
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("JPEG quality is 1 to 100, found " + quality);
        }
        try (BytePointer encoded = new BytePointer();
                IntPointer settings = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality)) {
            if (!opencv_imgcodecs.imencode(".jpg", pixels, encoded, settings)) {
                throw new IllegalStateException("no JPEG from a picture of " + width + "x" + height);
            }
            byte[] jpeg = new byte[Math.toIntExact(encoded.limit())];
            encoded.get(jpeg);
            return jpeg;
        }
    }

    /**
     * Encodes to PNG, every pixel as it is.
     *
     * @return the caller's; on the heap
     */
    public byte[] png() {
        requireOpen();
        try (BytePointer encoded = new BytePointer()) {
            if (!opencv_imgcodecs.imencode(".png", pixels, encoded)) {
                throw new IllegalStateException("no PNG from a picture of " + width + "x" + height);
            }
            byte[] png = new byte[Math.toIntExact(encoded.limit())];
            encoded.get(png);
            return png;
        }
    }

    /** The picture as OpenCV sees it; still this picture's. */
    Mat pixels() {
        requireOpen();
        return pixels;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pixels.close();
        }
    }

    private static BytePointer inNativeMemory(ByteBuffer encoded) {
        if (encoded.isDirect()) {
            return new BytePointer(encoded.slice());
        }
        byte[] copy = new byte[encoded.remaining()];
        encoded.get(encoded.position(), copy);
        return new BytePointer(copy);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the picture is closed");
        }
    }

    private static byte[] withRedAndBlueSwapped(byte[] pixels) {
        byte[] swapped = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i += 3) {
            swapped[i] = pixels[i + 2];
            swapped[i + 1] = pixels[i + 1];
            swapped[i + 2] = pixels[i];
        }
        return swapped;
    }
}
