package dev.osprey.imaging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One colour for each class, 1 to 256 of them; immutable. */
public final class Palette {

    private static final int MOST = 256;

    private final int[] packed;

    private Palette(int[] packed) {
        this.packed = packed;
    }

    /**
     * The colours of the PASCAL VOC development kit: the bits of the class id, three at a time, become the bits of red,
     * green and blue from the highest down. Class 0 is black.
     *
     * @param classes 1 to 256
     */
    public static Palette voc(int classes) {
        requireSize(classes);
        int[] packed = new int[classes];
        for (int id = 0; id < classes; id++) {
            for (int bit = 7, rest = id; rest != 0; bit--, rest >>= 3) {
                packed[id] |= (rest & 1) << (bit + 16) | (rest >> 1 & 1) << (bit + 8) | (rest >> 2 & 1) << bit;
            }
        }
        return new Palette(packed);
    }

    /**
     * Colours of one's own.
     *
     * @param rgb 1 to 256 colours of three values in 0…255
     */
    public static Palette of(List<int[]> rgb) {
        requireSize(rgb.size());
        int[] packed = new int[rgb.size()];
        for (int id = 0; id < packed.length; id++) {
            int[] colour = rgb.get(id);
            if (colour.length != 3) {
                throw new IllegalArgumentException("colour " + id + " needs 3 values, found " + colour.length);
            }
            for (int value : colour) {
                if (value < 0 || value > 255) {
                    throw new IllegalArgumentException("colour " + id + " needs values from 0 to 255, found " + value);
                }
                packed[id] = packed[id] << 8 | value;
            }
        }
        return new Palette(packed);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Palette palette && Arrays.equals(packed, palette.packed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packed);
    }

    private static void requireSize(int classes) {
        if (classes < 1 || classes > MOST) {
            throw new IllegalArgumentException("a palette has 1 to " + MOST + " colours, found " + classes);
        }
    }

    public int size() {
        return packed.length;
    }

    public int red(int id) {
        return packed[id] >> 16;
    }

    public int green(int id) {
        return packed[id] >> 8 & 0xFF;
    }

    public int blue(int id) {
        return packed[id] & 0xFF;
    }

    /** Red, green and blue of each class, as a copy. */
    public List<int[]> rgb() {
        List<int[]> colours = new ArrayList<>(size());
        for (int id = 0; id < size(); id++) {
            colours.add(new int[] {red(id), green(id), blue(id)});
        }
        return colours;
    }
}
