package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaletteTest {

    @Test
    void hasTheColoursOfVoc() {
        Map<Integer, int[]> published = Map.ofEntries(
                Map.entry(0, new int[] {0, 0, 0}),
                Map.entry(1, new int[] {128, 0, 0}),
                Map.entry(2, new int[] {0, 128, 0}),
                Map.entry(3, new int[] {128, 128, 0}),
                Map.entry(4, new int[] {0, 0, 128}),
                Map.entry(5, new int[] {128, 0, 128}),
                Map.entry(6, new int[] {0, 128, 128}),
                Map.entry(7, new int[] {128, 128, 128}),
                Map.entry(8, new int[] {64, 0, 0}),
                Map.entry(9, new int[] {192, 0, 0}),
                Map.entry(10, new int[] {64, 128, 0}),
                Map.entry(12, new int[] {64, 0, 128}),
                Map.entry(15, new int[] {192, 128, 128}),
                Map.entry(20, new int[] {0, 64, 128}),
                Map.entry(21, new int[] {128, 64, 128}),
                Map.entry(63, new int[] {192, 192, 192}),
                Map.entry(64, new int[] {32, 0, 0}),
                Map.entry(100, new int[] {32, 0, 192}),
                Map.entry(149, new int[] {128, 96, 128}));
        Palette palette = Palette.voc(150);
        assertEquals(150, palette.size());
        List<int[]> rgb = palette.rgb();
        published.forEach((id, colour) -> {
            assertArrayEquals(colour, rgb.get(id), "class " + id);
            assertArrayEquals(colour, new int[] {palette.red(id), palette.green(id), palette.blue(id)});
        });
    }

    @Test
    void keepsColoursOfOnesOwn() {
        Palette palette = Palette.of(List.of(new int[] {1, 2, 3}, new int[] {255, 254, 253}));
        assertArrayEquals(new int[] {255, 254, 253}, palette.rgb().get(1));
        palette.rgb().get(1)[0] = 7;
        assertEquals(255, palette.red(1));
    }

    @Test
    void refusesWhatIsNoColour() {
        assertThrows(IllegalArgumentException.class, () -> Palette.voc(0));
        assertThrows(IllegalArgumentException.class, () -> Palette.voc(257));
        assertThrows(IllegalArgumentException.class, () -> Palette.of(List.of(new int[] {1, 2})));
        assertThrows(IllegalArgumentException.class, () -> Palette.of(List.of(new int[] {1, 2, 256})));
    }
}
