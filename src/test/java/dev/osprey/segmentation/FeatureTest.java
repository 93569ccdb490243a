package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeatureTest {

    @Test
    void grantsWhatIsAskedForAndKnown() {
        assertEquals(Set.of(), Feature.of(List.of()));
        assertEquals(Set.of(), Feature.of(List.of("")));
        assertEquals(Set.of(Feature.RECEIPT), Feature.of(List.of("receipt")));
        assertEquals(Set.of(Feature.BINARY, Feature.RECEIPT), Feature.of(List.of("binary,receipt")));
        assertEquals(EnumSet.allOf(Feature.class), Feature.of(List.of("mask,binary", "receipt")));
        assertEquals(Set.of(Feature.BINARY, Feature.RECEIPT), Feature.of(List.of("receipt", "telepathy,binary,")));
        assertEquals(Set.of(), Feature.of(List.of("BINARY,binaryreceipt")));
    }
}
