package dev.osprey.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fencing.Analysis.Pause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Every row of the protocol's table, on fencers who do a step a frame: {@code >} forward by a tenth of a unit, {@code ]} by a
 * fifth, {@code <} back, {@code .} none. The first step leads to frame 1.
 */
class ClassicTest {

    private static final double FOOT = 4;

    private static final String FORWARD = ">>>>>>>>>>>>";
    private static final String PAUSE_AT_4 = ">>>....>>>>>";
    private static final String PAUSE_AT_6 = ">>>>>....>>>";

    private static Track track(Side side, String steps) {
        return track(side, steps, steps, 0, 0);
    }

    /**
     * @param wrist how far the weapon wrist goes up and down from frame to frame
     * @param foot how far the front foot does
     */
    private static Track track(Side side, String front, String back, double wrist, double foot) {
        List<double[]> frames = new ArrayList<>();
        double frontX = side == Side.LEFT ? 3 : 7;
        double backX = frontX - side.forward();
        for (int i = 0; i <= front.length(); i++) {
            if (i > 0) {
                frontX += side.forward() * length(front.charAt(i - 1));
                backX += side.forward() * length(back.charAt(i - 1));
            }
            double[] points = new double[2 * Track.POINTS];
            Arrays.fill(points, Double.NaN);
            set(points, Track.FRONT_FOOT, frontX, FOOT + i % 2 * foot);
            set(points, Track.BACK_FOOT, backX, FOOT);
            int wristPoint = side == Side.LEFT ? Track.WEAPON_WRIST : Track.REAR_WRIST;
            set(points, wristPoint, 5, 2 + i % 2 * wrist);
            frames.add(points);
        }
        return Track.of(frames);
    }

    private static void set(double[] points, int point, double x, double y) {
        points[2 * point] = x;
        points[2 * point + 1] = y;
    }

    private static double length(char step) {
        return switch (step) {
            case '>' -> 0.1;
            case ']' -> 0.2;
            case '<' -> -0.1;
            default -> 0;
        };
    }

    private static Signal signal(String contacts) {
        return Signal.parse(
                "phrase",
                "0.0s Phrase recording started\n" + contacts
                        + "0.8s HIT: Simultaneous valid hits!\nScores -> Fencer 1: HIT, Fencer 2: HIT");
    }

    private static final String CONTACT = "0.47s Off-Target: Blade-to-blade contact.\n";

    private static Decision decision(String left, String right) {
        return decision(track(Side.LEFT, left), track(Side.RIGHT, right), "");
    }

    private static Decision decision(Track left, Track right, String contacts) {
        return Rule.of("classic")
                .decide(signal(contacts), new Bout(15, 100, Bout.Angle.MIDDLE, left, right), Weapon.SABRE);
    }

    private static void says(Side winner, String reason, Decision decision) {
        assertEquals(reason, decision.reason());
        assertEquals(winner, decision.winner());
        assertEquals("classic", decision.rule());
    }

    @Test
    void whoAlonePausedLosesTheRightOfWay() {
        says(Side.LEFT, "Left has right-of-way (only right paused at 0.27s)", decision(FORWARD, PAUSE_AT_4));
        says(Side.RIGHT, "Right has right-of-way (only left paused at 0.27s)", decision(PAUSE_AT_4, FORWARD));
    }

    @Test
    void whoPausedLaterHasTheRightOfWay() {
        says(Side.LEFT, "Left has right-of-way", decision(PAUSE_AT_6, PAUSE_AT_4));
        says(Side.RIGHT, "Right has right-of-way", decision(PAUSE_AT_4, PAUSE_AT_6));
    }

    @Test
    void onEqualTimesItIsLeft() {
        says(Side.LEFT, "Left has right-of-way", decision(PAUSE_AT_4, PAUSE_AT_4));
    }

    @Test
    void fourQuietFramesAreAPauseAndThreeAreNone() {
        List<Pause> pauses = decision(PAUSE_AT_4, FORWARD).analysis().leftPauses();
        assertEquals(List.of(new Pause(4, 7, 4 / 15.0, 7 / 15.0, 3 / 15.0, false)), pauses);
        assertEquals(List.of(), decision(">>>...>>>>>>", FORWARD).analysis().leftPauses());
    }

    @Test
    void aRetreatIsKeptWhole() {
        List<Pause> pauses = decision(">>><<<<.>>>>", FORWARD).analysis().leftPauses();
        assertEquals(List.of(new Pause(4, 8, 4 / 15.0, 8 / 15.0, 4 / 15.0, true)), pauses);
    }

    @Test
    void aPauseEndsWhereTheBackFootComesForward() {
        Track left = track(Side.LEFT, ">>..........", ">>....>.....", 0, 0);
        List<Pause> pauses =
                decision(left, track(Side.RIGHT, FORWARD), "").analysis().leftPauses();
        assertEquals(
                List.of("3-6", "8-12"),
                pauses.stream()
                        .map(pause -> pause.startFrame() + "-" + pause.endFrame())
                        .toList());
    }

    @Test
    void aFootThatIsLiftedDoesNotPause() {
        Track left = track(Side.LEFT, PAUSE_AT_4, PAUSE_AT_4, 0, 0.1);
        assertEquals(
                List.of(),
                decision(left, track(Side.RIGHT, FORWARD), "").analysis().leftPauses());
    }

    @Test
    void withoutPausesTheLivelierBladeDecides() {
        Track lively = track(Side.LEFT, FORWARD, FORWARD, 0.2, 0);
        Track still = track(Side.RIGHT, FORWARD);
        says(Side.LEFT, "Blade analysis favors left", decision(lively, still, CONTACT));
        says(
                Side.RIGHT,
                "Blade analysis favors right",
                decision(track(Side.LEFT, FORWARD), track(Side.RIGHT, FORWARD, FORWARD, 0.2, 0), CONTACT));
        says(Side.RIGHT, "Blade analysis favors right", decision(track(Side.LEFT, FORWARD), still, CONTACT));
    }

    @Test
    void aContactBeyondTheTrackHasNoSamples() {
        Decision decision = decision(
                track(Side.LEFT, FORWARD, FORWARD, 0.2, 0),
                track(Side.RIGHT, FORWARD),
                "9.0s Off-Target: Blade-to-blade contact.\n");
        says(Side.RIGHT, "Blade analysis favors right", decision);
        assertEquals(
                0, Objects.requireNonNull(decision.analysis().bladeDetails()).leftSamples());
    }

    @Test
    void looksAtTheFirstContactOnly() {
        Analysis.BladeDetails details = Objects.requireNonNull(decision(
                        track(Side.LEFT, FORWARD, FORWARD, 0.2, 0),
                        track(Side.RIGHT, FORWARD),
                        CONTACT + "0.6s Off-Target: Blade-to-blade contact.\n")
                .analysis()
                .bladeDetails());
        assertEquals(7, details.contactFrame());
        assertEquals(0, details.firstFrame());
        assertEquals(10, details.lastFrame());
        assertEquals(11, details.leftSamples());
        // Eleven heights of which five are 0.2 more: squares of 0.04 × 6 × 5 / 11, over 10.
        assertEquals(0.04 * 30 / 11 / 10, details.leftVariance(), 1e-12);
        assertEquals(0, details.rightVariance());
    }

    @Test
    void withTheRightOfWayTheBladeIsOnlyReported() {
        Decision quiet = decision(track(Side.LEFT, FORWARD), track(Side.RIGHT, PAUSE_AT_4), CONTACT);
        assertEquals(Side.LEFT, quiet.winner());
        assertEquals(Side.RIGHT, quiet.analysis().blade());
        Decision lively = decision(track(Side.LEFT, FORWARD, FORWARD, 1, 0), track(Side.RIGHT, PAUSE_AT_4), CONTACT);
        assertEquals(Side.LEFT, lively.analysis().blade());
        assertEquals(
                Side.LEFT,
                Objects.requireNonNull(lively.analysis().bladeDetails()).rightOfWay());
    }

    @Test
    void withoutContactTheQuickerFootDecides() {
        says(Side.LEFT, "Left had significantly higher speed", decision(FORWARD.replace('>', ']'), FORWARD));
        says(Side.RIGHT, "Right had significantly higher speed", decision(FORWARD, FORWARD.replace('>', ']')));
        assertNull(decision(FORWARD, FORWARD).analysis().blade());
    }

    @Test
    void withoutADifferenceItIsRight() {
        Decision decision = decision(FORWARD, FORWARD);
        says(Side.RIGHT, "Simultaneous action, default to right", decision);
        assertEquals(0.1, decision.analysis().speeds().leftSpeed(), 1e-12);
        assertEquals(0, decision.analysis().speeds().leftAcceleration(), 1e-12);
    }

    @Test
    void whatIsNotSeenDoesNotMove() {
        double[] nothing = new double[2 * Track.POINTS];
        Arrays.fill(nothing, Double.NaN);
        Track unseen = Track.of(java.util.Collections.nCopies(13, nothing));
        Decision decision = decision(unseen, track(Side.RIGHT, FORWARD), "");
        says(Side.RIGHT, "Right had significantly higher speed", decision);
    }

    @Test
    void aLungeOpensTheStance() {
        Analysis analysis = decision(track(Side.LEFT, "]]]>>>>>", ">>>>>>>>", 0, 0), track(Side.RIGHT, ">>>>>>>>"), "")
                .analysis();
        assertTrue(analysis.leftLunge());
        assertFalse(analysis.rightLunge());
    }

    @Test
    void countsByTheVideosRateWhereAsked() {
        Bout bout = new Bout(30, 100, Bout.Angle.MIDDLE, track(Side.LEFT, PAUSE_AT_4), track(Side.RIGHT, FORWARD));
        Decision decision = Rule.CLASSIC.decide(signal(CONTACT), bout, Weapon.SABRE, 30);
        says(Side.RIGHT, "Right has right-of-way (only left paused at 0.13s)", decision);
        assertEquals(
                14, Objects.requireNonNull(decision.analysis().bladeDetails()).contactFrame());
    }
}
