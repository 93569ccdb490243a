package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GpuTest {

    @Test
    void readsWhatTheDriverSays() {
        assertEquals(
                Optional.of(new Gpu("NVIDIA H200", 1_234, 143_771, OptionalInt.of(37))),
                Gpu.parse("NVIDIA H200, 1234, 143771, 37"));
        assertEquals(
                Optional.of(new Gpu("NVIDIA Tegra", 5, 10, OptionalInt.empty())),
                Gpu.parse("NVIDIA Tegra, 5, 10, [N/A]"));
    }

    @Test
    void takesNothingElseForAGpu() {
        for (String line : List.of("", "No devices were found", "NVIDIA H200, [N/A], [N/A], 3", "a, 1, 2, 3, 4")) {
            assertEquals(Optional.empty(), Gpu.parse(line), line);
        }
    }

    @Test
    void knowsOfNoneWhereTheCommandIsMissingOrFails() {
        for (List<String> command : List.of(List.of("no-such-command-anywhere"), List.of("false"))) {
            Gpus gpus = new Gpus(command);
            gpus.read();
            gpus.read();
            assertEquals(List.of(), gpus.last());
        }
    }

    @Test
    void asksTheCommand() {
        Gpus gpus = new Gpus(List.of("printf", "A, 1, 2, 3\\nB, 4, 5, [N/A]\\n"));
        gpus.read();
        assertEquals(
                List.of(new Gpu("A", 1, 2, OptionalInt.of(3)), new Gpu("B", 4, 5, OptionalInt.empty())), gpus.last());
    }
}
