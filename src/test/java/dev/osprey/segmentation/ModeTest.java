package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModeTest {

    @Test
    void listsTheModesInTheProtocolsOrder() {
        assertEquals(List.of("fast", "balanced", "accurate", "sota"), Mode.WIRE_NAMES);
    }

    @Test
    void isFoundByItsNameOnTheWire() {
        for (Mode mode : Mode.values()) {
            assertEquals(Optional.of(mode), Mode.ofWireName(mode.wireName()));
        }
        assertEquals(Optional.empty(), Mode.ofWireName("FAST"));
        assertEquals(Optional.empty(), Mode.ofWireName("turbo"));
    }

    @Test
    void isServedByTheModelOfItsSetting() {
        OspreyConfig.Segmentation settings = TestConfig.with(
                        "segmentation.fast-model", "a",
                        "segmentation.balanced-model", "b",
                        "segmentation.accurate-model", "c",
                        "segmentation.sota-model", "d")
                .segmentation();
        assertEquals("a", Mode.FAST.model(settings));
        assertEquals("b", Mode.BALANCED.model(settings));
        assertEquals("c", Mode.ACCURATE.model(settings));
        assertEquals("d", Mode.SOTA.model(settings));
    }
}
