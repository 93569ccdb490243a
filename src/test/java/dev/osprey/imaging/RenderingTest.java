package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenderingTest {

    @Test
    void knowsEachVisualizationByItsWireName() {
        assertEquals(
                List.of("filled", "contour", "side-by-side", "blend"),
                Arrays.stream(Visualization.values())
                        .map(Visualization::wireName)
                        .toList());
        for (Visualization visualization : Visualization.values()) {
            assertEquals(Optional.of(visualization), Visualization.ofWireName(visualization.wireName()));
        }
        assertEquals(Optional.empty(), Visualization.ofWireName("FILLED"));
    }

    @Test
    void keepsItsFilterWhateverHappensToTheList() {
        List<Integer> filter = new ArrayList<>(List.of(3, 1));
        Rendering rendering = new Rendering(Visualization.BLEND, 1, filter);
        filter.clear();
        assertEquals(List.of(3, 1), rendering.classFilter());
    }

    @Test
    void refusesAnOpacityThatIsNoShare() {
        for (double opacity : new double[] {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY}) {
            OspreyException refusal =
                    assertThrows(OspreyException.class, () -> new Rendering(Visualization.FILLED, opacity, null));
            assertEquals(ErrorCode.SETTING_INVALID, refusal.code());
        }
    }
}
