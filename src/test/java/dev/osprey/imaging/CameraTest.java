package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.opencv.global.opencv_videoio;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_videoio.VideoCapture;
import org.bytedeco.opencv.opencv_videoio.VideoWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With an MJPEG file in the camera's place, which OpenCV reads by the same interface. */
class CameraTest {

    private static final Camera.Wish WISH = new Camera.Wish(1280, 720, 30);
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    private static VideoCapture recorded(Path folder, int pictures) {
        String file = folder.resolve("camera.avi").toString();
        int mjpeg = VideoWriter.fourcc((byte) 'M', (byte) 'J', (byte) 'P', (byte) 'G');
        try (Size size = new Size(WIDTH, HEIGHT);
                VideoWriter writer = new VideoWriter(file, opencv_videoio.CAP_OPENCV_MJPEG, mjpeg, 25, size, true)) {
            for (int i = 0; i < pictures; i++) {
                byte[] rgb = new byte[3 * WIDTH * HEIGHT];
                java.util.Arrays.fill(rgb, (byte) (40 * i));
                try (Picture picture = Picture.ofRgb(WIDTH, HEIGHT, rgb);
                        Mat mat = picture.pixels()) {
                    writer.write(mat);
                }
            }
            writer.release();
        }
        return new VideoCapture(file, opencv_videoio.CAP_OPENCV_MJPEG);
    }

    @Test
    void givesPicturesWithTheTimesAtWhichTheyCame(@TempDir Path folder) {
        try (Camera camera = new Camera(recorded(folder, 4), WISH)) {
            assertEquals(WIDTH, camera.width());
            assertEquals(HEIGHT, camera.height());
            assertEquals(25, camera.frameRate(), 1e-6);
            double before = 0;
            // The first one told that the camera works.
            for (int i = 1; i < 4; i++) {
                try (VideoFrame frame = camera.next().orElseThrow()) {
                    assertEquals(i - 1, frame.index());
                    assertEquals(40 * i, frame.picture().rgb()[0] & 0xFF, 3);
                    assertTrue(frame.seconds() >= before);
                    before = frame.seconds();
                }
            }
            assertEquals(Optional.empty(), camera.next());
        }
    }

    @Test
    void saysThatThereIsNone() {
        OspreyException e = assertThrows(OspreyException.class, () -> new Camera(97, WISH));
        assertEquals(ErrorCode.VIDEO_UNREADABLE, e.code());
    }

    @Test
    void saysThatItGivesNoPictures(@TempDir Path folder) {
        VideoCapture none = new VideoCapture(folder.resolve("none.avi").toString(), opencv_videoio.CAP_OPENCV_MJPEG);
        assertThrows(OspreyException.class, () -> new Camera(none, WISH));
    }
}
