package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DisplayTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final long[] nanos = {5_000_000_000L};

    private Display display(boolean bar, boolean verbose) {
        return new Display(new PrintStream(bytes, true, StandardCharsets.UTF_8), bar, verbose, () -> nanos[0]);
    }

    /** What a terminal shows in the end: each line after the last return in it. */
    private List<String> lines() {
        String text = bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
        return Pattern.compile("\n")
                .splitAsStream(text)
                .map(line -> line.substring(line.lastIndexOf('\r') + 1).stripTrailing())
                .toList();
    }

    @Test
    void showsFramesAndRates() {
        Display display = display(true, false);
        display.sent(1, 60, 1_000_000);
        nanos[0] += 500_000_000L;
        display.sent(31, 60, 4_000_000);
        assertEquals(List.of("Sending [############............] 31/60 frames, 60.0 frames/s, 48.0 Mbit/s"), lines());
    }

    @Test
    void showsNoTotalThatItDoesNotKnow() {
        Display display = display(true, false);
        display.sent(7, 0, 100);
        assertEquals(List.of("Sending 7 frames, 0.0 frames/s, 0.0 Mbit/s"), lines());
    }

    @Test
    void drawsTenTimesASecondAtMost() {
        Display display = display(true, false);
        display.sent(1, 60, 100);
        int length = bytes.size();
        display.sent(2, 60, 200);
        assertEquals(length, bytes.size());
        nanos[0] += 100_000_000L;
        display.sent(3, 60, 300);
        assertTrue(bytes.size() > length);
    }

    @Test
    void notesDoNotRunIntoTheLineThatIsRewritten() {
        Display display = display(true, false);
        display.sent(30, 60, 100);
        display.note("Connection lost");
        nanos[0] += 1_000_000_000L;
        display.sent(60, 60, 200);
        display.endLine();
        display.stage("yolo", 0.25, "frame 15 of 60");
        assertEquals("Connection lost", lines().get(0));
        assertTrue(lines().get(1).startsWith("Sending [########################] 60/60 frames"), lines()::toString);
        assertEquals("yolo [######..................]  25 %  frame 15 of 60", lines().get(2));
    }

    @Test
    void withoutATerminalOnlyNotesAreShown() {
        Display display = display(false, false);
        display.sent(30, 60, 100);
        display.stage("yolo", 0.25, "");
        display.detail("something");
        display.note("Connection lost");
        assertEquals(List.of("Connection lost"), lines());
    }

    @Test
    void verboseTellsEachStageOnce() {
        Display display = display(false, true);
        display.stage("yolo", 0, "starting");
        display.stage("yolo", 0.5, "half");
        display.stage("decision", 0, "");
        assertEquals(List.of("yolo: starting", "decision"), lines());
    }

    @Test
    void ratesAreThoseOfTheLastSeconds() {
        Rates rates = new Rates();
        assertEquals(0, rates.framesPerSecond());
        rates.add(0, 0, 0);
        rates.add(10_000_000_000L, 10, 1_000_000);
        rates.add(12_000_000_000L, 70, 3_500_000);
        assertEquals(30, rates.framesPerSecond(), 1e-9);
        assertEquals(10, rates.megabitsPerSecond(), 1e-9);
        assertFalse(rates.megabitsPerSecond() < 0);
    }
}
