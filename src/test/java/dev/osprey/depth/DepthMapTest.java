package dev.osprey.depth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With networks that see the same in every picture. */
class DepthMapTest {

    private final TestRepository repository;

    DepthMapTest(@TempDir Path folder) {
        repository = new TestRepository(folder);
    }

    @Test
    void isLinearInTheInverseOfMetres() {
        assertNear(
                new float[] {0, 1 / 3f, 2 / 3f, 1},
                map("depth", 4, 1, 1, 1 / 2f, 1 / 3f, 1 / 4f).nearness(4, 1, null));
    }

    @Test
    void doesNotDependOnAScaleOrAnOffset() {
        float[] nearness = {0, 1 / 3f, 2 / 3f, 1};
        assertNear(nearness, map("inverse-depth", 2, 2, 0, 1, 2, 3).nearness(2, 2, null));
        assertNear(nearness, map("inverse-depth", 2, 2, -70, -60, -50, -40).nearness(2, 2, null));
        assertNear(nearness, map("depth", 2, 2, 100, 50, 100 / 3f, 25).nearness(2, 2, null));
    }

    /** Its inverse depth rises from left to right and is the same in each column, so it does in every size. */
    @Test
    void keepsWhatIsFlatFlatInEverySize() {
        float[] wide = map("inverse-depth", 2, 2, 0, 1, 0, 1).nearness(8, 3, null);
        for (int row = 0; row < 3; row++) {
            assertNear(
                    new float[] {0, 0, 1 / 8f, 3 / 8f, 5 / 8f, 7 / 8f, 1, 1},
                    Arrays.copyOfRange(wide, 8 * row, 8 * row + 8));
        }
        assertNear(new float[] {0, 0.5f, 1}, map("inverse-depth", 3, 1, 4, 5, 6).nearness(3, 1, null));
    }

    @Test
    void isStretchedOverTheForegroundAlone() {
        DepthMap map = map("inverse-depth", 4, 1, -1000, 1, 2, 3);
        assertNear(new float[] {0, 0, 0.5f, 1}, map.nearness(4, 1, new byte[] {0, 1, (byte) 255, 1}));
        assertNear(new float[] {0, 0, 1, 1}, map.nearness(4, 1, new byte[] {0, 1, 1, 0}));
    }

    @Test
    void isZeroWhereNothingIsNearer() {
        DepthMap map = map("inverse-depth", 2, 1, 1, 2);
        assertNear(new float[] {0, 0}, map.nearness(2, 1, new byte[2]));
        assertNear(new float[] {0, 0}, map.nearness(2, 1, new byte[] {1, 0}));
        assertNear(new float[] {0, 0, 0}, map("depth", 2, 1, 5, 5).nearness(3, 1, null));
    }

    /** Four of a thousand pixels are a thousand times as near. */
    @Test
    void isNotFlattenedByAFewPixelsThatAreWrong() {
        float[] depths = new float[1000];
        for (int i = 0; i < depths.length; i++) {
            depths[i] = i < 4 ? 0.001f : 1 / (1 + i / 1000f);
        }
        float[] nearness = map("depth", 100, 10, depths).nearness(100, 10, null);
        assertEquals(1, nearness[0]);
        assertEquals(0.5, nearness[500], 0.01);
        for (int i = 20; i < 980; i++) {
            assertTrue(nearness[i] < nearness[i + 1], "at " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.MIN_VALUE})
    void refusesWhatIsNoDepth(float value) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> map("depth", 2, 1, 1, value));
        assertEquals(ErrorCode.MODEL_FAILED, refusal.code());
        assertEquals("\"depth\" answered with %s, which is no depth".formatted(value), refusal.detail());
    }

    @Test
    void takesZeroAndLessForFarInInverseDepthButNoNumbersForNothing() {
        assertNear(new float[] {0, 1}, map("inverse-depth", 2, 1, -1, 0).nearness(2, 1, null));
        assertThrows(OspreyException.class, () -> map("inverse-depth", 2, 1, 1, Float.POSITIVE_INFINITY));
    }

    @Test
    void refusesAForegroundOfAnotherSize() {
        DepthMap map = map("depth", 2, 1, 1, 2);
        assertThrows(IllegalArgumentException.class, () -> map.nearness(2, 1, new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> map.nearness(0, 1, null));
    }

    private DepthMap map(String decoder, int width, int height, float... values) {
        repository.addDepth("depth", decoder, values, height, width);
        try (WarmModels models = WarmModels.open(TestConfig.with(
                        "model.repository", repository.folder().toString(), "runtime.provider", "cpu"));
                Picture picture = Picture.ofRgb(40, 30, new byte[3 * 40 * 30])) {
            models.load("depth");
            try (Lease model = models.lease("depth")) {
                return DepthMap.of(model, picture, new Cancellation());
            }
        }
    }

    private static void assertNear(float[] expected, float[] found) {
        assertArrayEquals(expected, found, 1e-5f, () -> Arrays.toString(found));
    }
}
