package dev.osprey.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalTest {

    static final String EXAMPLE = """
         0.000s | Phrase recording started
         1.430s | Off-Target: Blade-to-blade contact.
         1.766s | HIT: Simultaneous valid hits!
         1.831s | Lockout period started (0.200s window)
        Scores -> Fencer 1: HIT, Fencer 2: HIT
        Confirmed result winner: Right Fencer
        """;

    private static Signal parse(String text) {
        return Signal.parse("phrase.txt", text);
    }

    private static void refuses(String why, String text) {
        OspreyException refused = assertThrows(OspreyException.class, () -> Signal.parse("../x/phrase.txt", text));
        assertEquals(ErrorCode.SIGNAL_INVALID, refused.code());
        assertEquals(why, refused.detail());
    }

    @Test
    void readsTheExampleOfTheProtocol() {
        Signal signal = parse(EXAMPLE);
        assertEquals(0, signal.startTime());
        assertEquals(0, Signal.frame(signal.startTime()));
        assertEquals(1.766, signal.simultaneousHitTime());
        assertEquals(26, Signal.frame(1.766));
        assertEquals(List.of(1.43), signal.bladeContacts());
        assertEquals(21, Signal.frame(1.43));
        assertEquals(1.831, signal.lockoutStart());
        assertEquals("right", signal.declaredWinner());
        assertTrue(signal.bothHit());
    }

    @Test
    void readsOtherLineEnds() {
        assertEquals(parse(EXAMPLE), parse(EXAMPLE.replace("\n", "\r\n")));
        assertEquals(parse(EXAMPLE), parse(EXAMPLE.replace('\n', '\r')));
    }

    @Test
    void takesTheFirstHitWhereNoneIsSimultaneous() {
        Signal signal = parse("""
             0.100s | Phrase recording started
             1.430s | HIT: Left scores on Right!
             1.672s | HIT: Right scores on Left!
            Scores -> Fencer 1: HIT, Fencer 2: HIT
            """);
        assertEquals(1.43, signal.simultaneousHitTime());
        assertEquals(List.of(new Signal.Hit(1.43, Side.LEFT), new Signal.Hit(1.672, Side.RIGHT)), signal.hits());
        assertEquals(0.1, signal.startTime());
        assertNull(signal.lockoutStart());
        assertEquals(Signal.UNKNOWN, signal.declaredWinner());
    }

    @Test
    void prefersTheSimultaneousHitToAnEarlierOne() {
        assertEquals(
                1.766, parse(" 1.5s | HIT: Left scores on Right!\n" + EXAMPLE).simultaneousHitTime());
    }

    @Test
    void readsWhoWasDeclaredInAnyCase() {
        String undeclared = EXAMPLE.replace("Confirmed result winner: Right Fencer", "");
        assertEquals(
                "left",
                parse(undeclared + "MANUAL SELECTION WINNER: left fencer").declaredWinner());
        assertEquals(
                "right", parse(undeclared + "manual selection winner:RIGHT").declaredWinner());
        assertEquals(
                Signal.UNKNOWN,
                parse(undeclared + "Manual selection winner: nobody").declaredWinner());
    }

    @Test
    void hasNothingToAdjudicateWhenOneHit() {
        Signal signal = parse(EXAMPLE.replace("Fencer 2: HIT", "Fencer 2: MISS"));
        assertFalse(signal.bothHit());
        assertEquals("HIT", signal.rightScore());
        assertEquals("MISS", signal.leftScore());
    }

    @Test
    void saysWhatIsMissingAndNamesTheFileAlone() {
        refuses("Could not find start time in phrase.txt", EXAMPLE.replace("Phrase recording started", ""));
        refuses("Could not find simultaneous hit time in phrase.txt", EXAMPLE.replace("HIT: Simultaneous", "none"));
        refuses(
                "Skipping phrase.txt: Not a double-touch phrase (Fencer 1: MISS, Fencer 2: OFF)",
                EXAMPLE.replace("Fencer 1: HIT, Fencer 2: HIT", "Fencer 1: MISS, Fencer 2: OFF"));
        refuses(
                "Skipping phrase.txt: Not a double-touch phrase (Fencer 1: unknown, Fencer 2: unknown)",
                EXAMPLE.replace("Scores ->", "Points"));
    }

    @Test
    void takesTheFirstTimeOfALine() {
        String between = "v1.2.3 at 0.5s or 9.9s | Phrase recording started\n";
        assertEquals(0.5, parse(between + EXAMPLE).startTime());
        refuses("Could not find start time in phrase.txt", EXAMPLE.replace(" 0.000s | Phrase", " 1s .5s 5.s | Phrase"));
    }

    @Test
    void readsTimesThatAreNone() {
        String endless = "9".repeat(100_000);
        assertEquals(
                0,
                parse(endless + "." + endless + "s | Phrase recording started\n" + EXAMPLE)
                        .startTime());
    }

    @Test
    void boundsTheFile() {
        String digits = "1".repeat(Signal.MAX_LENGTH - EXAMPLE.length());
        assertEquals(1.766, parse(digits + EXAMPLE).simultaneousHitTime());
        refuses(
                "phrase.txt has %d characters, at most %d are read".formatted(Signal.MAX_LENGTH + 1, Signal.MAX_LENGTH),
                digits + EXAMPLE + " ");
    }
}
