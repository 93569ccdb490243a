package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** The last pictures of a stream. */
class ClipTest {

    private static final Clip.Shape THREE = new Clip.Shape(3, 2, 2, ColourOrder.BGR, Interpolation.BILINEAR);

    private static Picture plain(int red, int green, int blue) {
        byte[] rgb = new byte[4 * 3 * 3];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) red;
            rgb[i + 1] = (byte) green;
            rgb[i + 2] = (byte) blue;
        }
        return Picture.ofRgb(4, 3, rgb);
    }

    private static void add(Clip clip, int level) {
        try (Picture picture = plain(level, level, level)) {
            clip.add(picture);
        }
    }

    /** What a full clip holds. */
    private static byte[] content(Clip clip) {
        ByteBuffer target = ByteBuffer.allocateDirect(clip.shape().bytes() + 1);
        target.put((byte) 77);
        clip.copyInto(target);
        assertEquals(1, target.position());
        byte[] content = new byte[clip.shape().bytes()];
        target.get(content);
        return content;
    }

    @Test
    void keepsTheLastPicturesTheOldestFirst() {
        try (Clip clip = new Clip(THREE)) {
            for (int level = 1; level <= 20; level++) {
                add(clip, level);
                assertEquals(Math.min(level, 3), clip.size());
                assertEquals(level >= 3, clip.isFull());
                if (clip.isFull()) {
                    byte[] expected = new byte[3 * 12];
                    for (int i = 0; i < 3; i++) {
                        Arrays.fill(expected, 12 * i, 12 * (i + 1), (byte) (level - 2 + i));
                    }
                    assertArrayEquals(expected, content(clip));
                }
            }
        }
    }

    @Test
    void keepsColoursInTheOrderOfTheModel() { // sign words, conformance 15
        for (ColourOrder order : ColourOrder.values()) {
            try (Clip clip = new Clip(new Clip.Shape(1, 1, 1, order, Interpolation.BILINEAR));
                    Picture blue = plain(0, 0, 255)) {
                clip.add(blue);
                byte[] expected = order == ColourOrder.BGR ? new byte[] {-1, 0, 0} : new byte[] {0, 0, -1};
                assertArrayEquals(expected, content(clip));
            }
        }
    }

    @Test
    void scalesAsAPictureDoes() {
        byte[] rgb = new byte[64 * 48 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31 % 251);
        }
        Clip.Shape shape = new Clip.Shape(1, 22, 22, ColourOrder.BGR, Interpolation.BILINEAR);
        try (Picture picture = Picture.ofRgb(64, 48, rgb);
                Clip clip = new Clip(shape)) {
            clip.add(picture);
            ByteBuffer expected = ByteBuffer.allocateDirect(shape.bytes());
            picture.resizeInto(expected, 22, 22, Interpolation.BILINEAR, ColourOrder.BGR);
            byte[] bytes = new byte[shape.bytes()];
            expected.get(0, bytes);
            assertArrayEquals(bytes, content(clip));
        }
    }

    @Test
    void takesTheMemoryOfItsFramesAndGivesItBack() {
        long before = Pointer.totalBytes();
        Clip clip = new Clip(new Clip.Shape(10, 224, 224, ColourOrder.BGR, Interpolation.BILINEAR));
        assertEquals(10 * 224 * 224 * 3, Pointer.totalBytes() - before);
        clip.close();
        clip.close();
        assertEquals(0, Pointer.totalBytes() - before);
    }

    @Test
    void refusesWhatItCannotDo() {
        Clip clip = new Clip(THREE);
        add(clip, 1);
        assertFalse(clip.isFull());
        assertThrows(IllegalStateException.class, () -> clip.copyInto(ByteBuffer.allocateDirect(36)));
        clip.close();
        assertThrows(IllegalStateException.class, () -> add(clip, 2));
    }
}
