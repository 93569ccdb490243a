package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void readsTheResidentSetOfLinux() {
        assertEquals(
                OptionalLong.of(2_048),
                Memory.residentMib("Name:\tjava\nVmHWM:\t 3000000 kB\nVmRSS:\t 2097152 kB\nThreads:\t9\n"));
        assertEquals(OptionalLong.empty(), Memory.residentMib("Name:\tjava\n"));
    }
}
