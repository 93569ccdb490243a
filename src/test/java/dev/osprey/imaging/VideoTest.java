package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoTest {

    private static final VideoLimits LIMITS = new VideoLimits(512, 512, Duration.ofMinutes(1), 1000);
    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;
    private static final int FRAMES = 40;
    private static final double FRAME_RATE = 30;

    private final Path folder;
    private final Path sample;

    VideoTest(@TempDir Path folder) {
        this.folder = folder;
        sample = written("sample.mp4", WIDTH, HEIGHT, FRAME_RATE, FRAMES);
    }

    /** A bright bar that moves to the right over a smooth ground, so that each picture tells which one it is. */
    private static byte[] barAt(int width, int height, int index) {
        byte[] rgb = Samples.gradient(width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 2 * index; x < 2 * index + 8 && x < width; x++) {
                Arrays.fill(rgb, 3 * (y * width + x), 3 * (y * width + x) + 3, (byte) 255);
            }
        }
        return rgb;
    }

    private Path written(String name, int width, int height, double frameRate, int frames) {
        Path file = folder.resolve(name);
        try (VideoWriter video = new VideoWriter(file, new VideoWriter.Settings(width, height, frameRate, 1))) {
            for (int i = 0; i < frames; i++) {
                try (Picture picture = Picture.ofRgb(width, height, barAt(width, height, i))) {
                    video.write(picture);
                }
            }
            assertEquals(frames, video.frames());
            video.finish();
        }
        return file;
    }

    /** The times of all pictures. */
    private static List<Double> times(VideoReader video) {
        List<Double> times = new ArrayList<>();
        for (Optional<VideoFrame> next = video.next(); next.isPresent(); next = video.next()) {
            try (VideoFrame frame = next.get()) {
                assertEquals(times.size(), frame.index());
                times.add(frame.seconds());
            }
        }
        return times;
    }

    @Test
    void givesBackThePicturesItTook() {
        try (VideoReader video = new VideoReader(sample, LIMITS)) {
            assertEquals("h264", video.codec());
            assertEquals(WIDTH, video.width());
            assertEquals(HEIGHT, video.height());
            assertEquals(FRAME_RATE, video.frameRate(), 1e-9);
            assertEquals(OptionalLong.of(FRAMES), video.frameCount());
            assertEquals(FRAMES / FRAME_RATE, video.duration().orElseThrow().toNanos() / 1e9, 0.001);
            for (int i = 0; i < FRAMES; i++) {
                try (VideoFrame frame = video.next().orElseThrow()) {
                    assertEquals(i, frame.index());
                    assertEquals(i / FRAME_RATE, frame.seconds(), 1e-4);
                    double difference = Samples.meanDifference(
                            barAt(WIDTH, HEIGHT, i), frame.picture().rgb());
                    assertTrue(difference < 4, () -> "off by " + difference);
                }
            }
            assertEquals(Optional.empty(), video.next());
            assertEquals(Optional.empty(), video.next());
            assertEquals(0, video.damaged());
        }
    }

    @Test
    void keepsTheTimesItIsGiven() {
        double[] seconds = {0, 0.033, 0.1, 0.1, 0.5, 0.517, 2};
        Path file = folder.resolve("times.mp4");
        try (VideoWriter video = new VideoWriter(file, new VideoWriter.Settings(WIDTH, HEIGHT, 15, 1));
                Picture picture = Picture.ofRgb(WIDTH, HEIGHT, Samples.gradient(WIDTH, HEIGHT))) {
            for (double time : seconds) {
                video.write(picture, time);
            }
            assertThrows(IllegalArgumentException.class, () -> video.write(picture, 1.9));
            assertThrows(IllegalArgumentException.class, () -> video.write(picture, Double.NaN));
            video.finish();
        }
        try (VideoReader video = new VideoReader(file, LIMITS)) {
            List<Double> times = times(video);
            assertEquals(seconds.length, times.size());
            for (int i = 0; i < seconds.length; i++) {
                assertEquals(seconds[i], times.get(i), 2e-5);
            }
        }
    }

    @Test
    void keepsFractionalFrameRates() {
        for (double rate : new double[] {30000 / 1001.0, 59.94, 7.5, 0.5}) {
            Path file = written("rate.mp4", WIDTH, HEIGHT, rate, 12);
            try (VideoReader video = new VideoReader(file, LIMITS)) {
                assertEquals(rate, video.frameRate(), 1e-4 * rate);
                List<Double> times = times(video);
                assertEquals(11 / rate, times.get(11), 2e-5);
            }
        }
    }

    @Test
    void repeatsALastColumnAndRowOfOddSizes() {
        Path file = written("odd.mp4", 75, 51, FRAME_RATE, 3);
        try (VideoReader video = new VideoReader(file, LIMITS);
                VideoFrame frame = video.next().orElseThrow()) {
            assertEquals(76, frame.picture().width());
            assertEquals(52, frame.picture().height());
            byte[] rgb = frame.picture().rgb();
            byte[] expected = barAt(75, 51, 0);
            int total = 0;
            for (int y = 0; y < 52; y++) {
                for (int x = 0; x < 76; x++) {
                    for (int c = 0; c < 3; c++) {
                        int at = 3 * (Math.min(y, 50) * 75 + Math.min(x, 74)) + c;
                        total += Math.abs((expected[at] & 0xFF) - (rgb[3 * (y * 76 + x) + c] & 0xFF));
                    }
                }
            }
            assertTrue(total < 5 * rgb.length);
        }
    }

    @Test
    void putsTheIndexInFrontOfThePictures() throws IOException {
        String file = Files.readString(sample, StandardCharsets.ISO_8859_1);
        assertTrue(file.indexOf("moov") < file.indexOf("mdat"));
        assertEquals(4, file.indexOf("ftyp"));
    }

    @Test
    void hasItsNameOnlyWhenItIsComplete() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path file = own.resolve("video.mp4");
        try (VideoWriter video = new VideoWriter(file, new VideoWriter.Settings(WIDTH, HEIGHT, FRAME_RATE, 1));
                Picture picture = Picture.ofRgb(WIDTH, HEIGHT, Samples.gradient(WIDTH, HEIGHT))) {
            video.write(picture);
            assertFalse(Files.exists(file));
        }
        try (Stream<Path> left = Files.list(own)) {
            assertEquals(List.of(), left.toList());
        }
        written("own/video.mp4", WIDTH, HEIGHT, FRAME_RATE, 2);
        written("own/video.mp4", WIDTH, HEIGHT, FRAME_RATE, 3);
        try (VideoReader video = new VideoReader(file, LIMITS)) {
            assertEquals(3, times(video).size());
        }
        try (Stream<Path> left = Files.list(own)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void refusesWhatItCannotWrite() {
        VideoWriter.Settings settings = new VideoWriter.Settings(WIDTH, HEIGHT, FRAME_RATE, 1);
        Path nowhere = folder.resolve("absent/video.mp4");
        UncheckedIOException refusal =
                assertThrows(UncheckedIOException.class, () -> new VideoWriter(nowhere, settings).close());
        assertTrue(String.valueOf(refusal.getMessage()).contains("No such file"));
        try (VideoWriter video = new VideoWriter(folder.resolve("none.mp4"), settings);
                Picture picture = Picture.ofRgb(8, 8, Samples.gradient(8, 8))) {
            assertThrows(IllegalArgumentException.class, () -> video.write(picture));
            assertThrows(IllegalStateException.class, video::finish);
        }
        assertThrows(IllegalArgumentException.class, () -> new VideoWriter.Settings(0, 10, 30, 1));
        assertThrows(IllegalArgumentException.class, () -> new VideoWriter.Settings(10, 10, Double.NaN, 1));
    }

    @Test
    void writesSizesThatTheEncoderForH264Refuses() {
        Path file = written("tiny.mp4", 8, 8, FRAME_RATE, 3);
        try (VideoReader video = new VideoReader(file, LIMITS)) {
            assertEquals(8, video.width());
            assertEquals(3, times(video).size());
        }
    }

    @Test
    void refusesWhatIsNoVideo() throws IOException {
        refuses(ErrorCode.VIDEO_UNREADABLE, folder.resolve("absent.mp4"));
        refuses(ErrorCode.VIDEO_UNREADABLE, folder);
        refuses(ErrorCode.VIDEO_UNREADABLE, file("empty.mp4", new byte[0]));
        refuses(
                ErrorCode.VIDEO_UNREADABLE,
                file("text.mp4", "no video at all\n".repeat(500).getBytes(StandardCharsets.UTF_8)));
        refuses(ErrorCode.VIDEO_UNREADABLE, file("noise.avi", Samples.noise(100_000, 5)));
        refuses(ErrorCode.VIDEO_UNREADABLE, file("picture.png", Samples.encoded(".png", 48, 32)));
        byte[] whole = Files.readAllBytes(sample);
        refuses(ErrorCode.VIDEO_UNREADABLE, file("cut.mp4", Arrays.copyOf(whole, 300)));
    }

    /** Files that FFmpeg would follow to the sample. */
    @Test
    void opensNothingThatAFileNames() throws IOException {
        String name = sample.toAbsolutePath().toString();
        List<String> playlists = List.of(
                "ffconcat version 1.0\nfile '" + name + "'\n",
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.3,\n" + name + "\n#EXT-X-ENDLIST\n",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n");
        for (String playlist : playlists) {
            for (String suffix : List.of("mp4", "ffconcat", "m3u8", "sdp")) {
                refuses(ErrorCode.VIDEO_UNREADABLE, file("list." + suffix, playlist.getBytes(StandardCharsets.UTF_8)));
            }
        }
        assertThrows(OspreyException.class, () -> new VideoReader(Path.of("concat:" + name), LIMITS).close());
    }

    @Test
    void readsAFileWhoseNameLooksLikeAnAddress() throws IOException {
        Path odd = folder.resolve("http:%03d ? #.mp4");
        Files.copy(sample, odd);
        try (VideoReader video = new VideoReader(odd, LIMITS)) {
            assertEquals(FRAMES, times(video).size());
        }
    }

    @Test
    void refusesWhatIsTooLarge() {
        OspreyException wide = assertThrows(
                OspreyException.class,
                () -> new VideoReader(sample, new VideoLimits(80, 80, Duration.ofMinutes(1), 1000)).close());
        assertEquals(ErrorCode.VIDEO_TOO_LARGE, wide.code());
        assertEquals("video of 96x64 pixels, limit 80x80", wide.detail());
        OspreyException lengthy = assertThrows(
                OspreyException.class,
                () -> new VideoReader(sample, new VideoLimits(512, 512, Duration.ofSeconds(1), 1000)).close());
        assertEquals("video of 1.3 s, limit 1.0 s", lengthy.detail());
        OspreyException many = assertThrows(
                OspreyException.class,
                () -> new VideoReader(sample, new VideoLimits(512, 512, Duration.ofMinutes(1), 39)).close());
        assertEquals("video of 40 frames, limit 39", many.detail());
    }

    /** The sizes in the header of the sample, made smaller than its pictures are. */
    @Test
    void refusesPicturesThatAreLargerThanTheHeaderSays() throws IOException {
        byte[] lying = Files.readAllBytes(written("large.mp4", 480, 352, FRAME_RATE, 5));
        String text = new String(lying, StandardCharsets.ISO_8859_1);
        int sampleEntry = text.indexOf("avc1", text.indexOf("stsd"));
        ByteBuffer.wrap(lying).putShort(sampleEntry + 28, (short) 96).putShort(sampleEntry + 30, (short) 64);
        Path file = file("lying.mp4", lying);
        OspreyException refusal = assertThrows(OspreyException.class, () -> {
            try (VideoReader video = new VideoReader(file, new VideoLimits(96, 64, Duration.ofMinutes(1), 1000))) {
                times(video);
            }
        });
        assertTrue(refusal.code().httpStatus() == 413 || refusal.code().httpStatus() == 422);
    }

    @Test
    void turnsAVideoAsItsHeaderSays() throws IOException {
        byte[] bytes = Files.readAllBytes(sample);
        int track = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("tkhd");
        int one = 1 << 16;
        // Behind type, version, times, track, duration, layer and volume: 9 numbers in fixed point, row by row.
        int[][] matrices = {{0, one, -one, 0}, {-one, 0, 0, -one}, {0, -one, one, 0}};
        byte[] upright = firstPicture(sample, WIDTH, HEIGHT);
        for (int turns = 1; turns <= 3; turns++) {
            int[] matrix = matrices[turns - 1];
            ByteBuffer.wrap(bytes)
                    .putInt(track + 44, matrix[0])
                    .putInt(track + 48, matrix[1])
                    .putInt(track + 56, matrix[2])
                    .putInt(track + 60, matrix[3]);
            boolean lying = turns % 2 == 1;
            int width = lying ? HEIGHT : WIDTH;
            int height = lying ? WIDTH : HEIGHT;
            byte[] turned = firstPicture(file("turned.mp4", bytes), width, height);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int storedX = turns == 1 ? y : turns == 2 ? WIDTH - 1 - x : WIDTH - 1 - y;
                    int storedY = turns == 1 ? HEIGHT - 1 - x : turns == 2 ? HEIGHT - 1 - y : x;
                    assertEquals(upright[3 * (storedY * WIDTH + storedX)], turned[3 * (y * width + x)]);
                }
            }
        }
    }

    private static byte[] firstPicture(Path file, int width, int height) {
        try (VideoReader video = new VideoReader(file, LIMITS);
                VideoFrame frame = video.next().orElseThrow()) {
            assertEquals(width, video.width());
            assertEquals(height, video.height());
            assertEquals(width, frame.picture().width());
            return frame.picture().rgb();
        }
    }

    /** Cut in the middle of the pictures: the index is in front and tells of pictures that are not there. */
    @Test
    void readsTheBeginningOfAVideoThatIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(sample);
        int pictures = new String(whole, StandardCharsets.ISO_8859_1).indexOf("mdat");
        try (VideoReader video =
                new VideoReader(file("cutoff.mp4", Arrays.copyOf(whole, (pictures + whole.length) / 2)), LIMITS)) {
            int read = times(video).size();
            assertTrue(read > 2 && read < FRAMES, () -> read + " frames");
            assertTrue(video.damaged() > 0);
        }
    }

    @Test
    void skipsAndCountsDamagedPictures() throws IOException {
        byte[] bytes = Files.readAllBytes(sample);
        int pictures = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("mdat");
        int middle = (pictures + bytes.length) / 2;
        Arrays.fill(bytes, middle, middle + 40, (byte) 0xA5);
        try (VideoReader video = new VideoReader(file("damaged.mp4", bytes), LIMITS)) {
            int read = times(video).size();
            assertTrue(video.damaged() > 0);
            assertTrue(read >= FRAMES / 2 && read < FRAMES, () -> read + " frames");
        }
    }

    @Test
    void survivesFlippedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(sample);
        Random random = new Random(13);
        int read = 0;
        for (int round = 0; round < 150; round++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                // Half of them in front, where the structure is.
                damaged[random.nextInt(random.nextBoolean() ? 1500 : damaged.length)] = (byte) random.nextInt();
            }
            try (VideoReader video = new VideoReader(file("flipped.mp4", damaged), LIMITS)) {
                assertTrue(video.width() <= 512 && video.height() <= 512);
                read += times(video).size();
            } catch (OspreyException refusal) {
                assertTrue(refusal.code() == ErrorCode.VIDEO_UNREADABLE || refusal.code() == ErrorCode.VIDEO_TOO_LARGE);
            }
        }
        assertTrue(read > 1000);
    }

    @Test
    void givesBackTheMemoryItTook() throws IOException {
        Path noVideo = file("novideo.mp4", Samples.noise(5000, 6));
        long pointers = 0;
        long resident = 0;
        for (int round = -20; round < 200; round++) {
            if (round == 0) {
                pointers = Pointer.totalCount();
                resident = Pointer.physicalBytes();
            }
            try (VideoReader video = new VideoReader(sample, LIMITS)) {
                for (int i = 0; i < 5; i++) {
                    video.next().orElseThrow().close();
                }
            }
            assertThrows(OspreyException.class, () -> new VideoReader(noVideo, LIMITS).close());
            written("again.mp4", WIDTH, HEIGHT, FRAME_RATE, 5);
        }
        assertTrue(Pointer.totalCount() <= pointers, () -> Pointer.totalCount() + " pointers left");
        // A reader and a writer hold about a megabyte each, most of it in the codecs, where only the process tells.
        long grown = (Pointer.physicalBytes() - resident) >> 20;
        assertTrue(grown < 60, () -> "grown by " + grown + " MB");
    }

    private void refuses(ErrorCode code, Path file) {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> new VideoReader(file, LIMITS).close(), file::toString);
        assertEquals(code, refusal.code());
        assertFalse(refusal.detail().contains(folder.toString()), refusal::detail);
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
