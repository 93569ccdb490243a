package dev.osprey.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fencing.Decision.Action;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Phrases as they are drawn on a blackboard: each fencer a speed and a hand by the time; the lamps go on at {@value #HIT} s. */
class PriorityTest {

    private static final double HIT = 1.6;
    private static final double LENGTH = 1.9;

    /**
     * @param speed of the trunk, units a second, forward is positive, by seconds
     * @param hand how far it is before the shoulder
     */
    private record Moves(DoubleUnaryOperator speed, DoubleUnaryOperator hand) {

        static Moves of(DoubleUnaryOperator speed) {
            // On guard; the arm goes out for the hit.
            return new Moves(speed, time -> time < HIT - 0.15 ? 0.4 : 0.7);
        }
    }

    /** Walks, then attacks from then on. */
    private static Moves attackFrom(double begin) {
        return Moves.of(time -> time < begin ? 0.6 : 2.6);
    }

    private static final Moves STANDS = Moves.of(time -> 0);

    private static Bout bout(double fps, Moves left, Moves right, DoublePredicate seen) {
        int frames = (int) Math.round(LENGTH * fps);
        return new Bout(
                fps,
                100,
                Bout.Angle.MIDDLE,
                track(fps, frames, Side.LEFT, left, seen),
                track(fps, frames, Side.RIGHT, right, seen));
    }

    private static Track track(double fps, int frames, Side side, Moves moves, DoublePredicate seen) {
        List<double[]> track = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            double time = i / fps;
            double x = (side == Side.LEFT ? 3 : 8) + side.forward() * distance(moves.speed(), time);
            double[] points = new double[2 * Track.POINTS];
            Arrays.fill(points, Double.NaN);
            if (seen.test(time)) {
                for (int point = 0; point < Track.POINTS; point++) {
                    set(points, point, x, 3);
                }
                double hand = side.forward() * moves.hand().applyAsDouble(time);
                set(points, Track.WEAPON_SHOULDER, x, 2);
                set(points, Track.WEAPON_ELBOW, x + hand / 2, hand * side.forward() > 0.65 ? 2 : 2.3);
                set(points, Track.WEAPON_WRIST, x + hand, 2);
            }
            track.add(points);
        }
        return Track.of(track);
    }

    private static void set(double[] points, int point, double x, double y) {
        points[2 * point] = x;
        points[2 * point + 1] = y;
    }

    private static double distance(DoubleUnaryOperator speed, double time) {
        double step = 0.001;
        double distance = 0;
        for (double at = 0; at < time; at += step) {
            distance += speed.applyAsDouble(at) * step;
        }
        return distance;
    }

    private static Signal signal(String lines) {
        return Signal.parse(
                "phrase", "0.0s Phrase recording started\n" + lines + "Scores -> Fencer 1: HIT, Fencer 2: HIT");
    }

    private static final String BOTH = HIT + "s HIT: Simultaneous valid hits!\n";
    private static final String CONTACT = (HIT - 0.3) + "s Off-Target: Blade-to-blade contact\n";

    private static Decision decision(Moves left, Moves right, String lines) {
        return Rule.of("priority").decide(signal(lines), bout(30, left, right, time -> true), Weapon.SABRE);
    }

    /** Decides the phrase and its mirror image. */
    private static Decision clear(Action action, Moves winner, Moves loser, String lines) {
        Decision decision = decision(winner, loser, lines);
        Decision mirrored = decision(loser, winner, lines);
        assertEquals(Side.LEFT, decision.winner(), decision.reason());
        assertEquals(Side.RIGHT, mirrored.winner(), mirrored.reason());
        assertEquals(decision.confidence(), mirrored.confidence(), 1e-6);
        assertEquals(action, decision.action(), decision.reason());
        assertEquals(action, mirrored.action(), mirrored.reason());
        assertEquals("priority", decision.rule());
        return decision;
    }

    @Test
    void whoAttacksOneWhoStandsScores() {
        Decision decision = clear(Action.ATTACK, attackFrom(0.8), STANDS, BOTH);
        assertEquals("Left kept coming forward; Right stood at 1.60 s.", decision.reason());
        assertTrue(decision.confidence() > 0.9, decision.toString());
        assertTrue(
                decision.moments().stream()
                        .anyMatch(moment -> moment.side() == Side.LEFT
                                && moment.what().equals("began the attack")
                                && Math.abs(moment.seconds() - 0.8) < 0.1),
                decision.moments().toString());
    }

    @Test
    void whoAttacksOneWhoRetreatsScores() {
        Decision decision = clear(Action.ATTACK, attackFrom(0.5), Moves.of(time -> -1.5), BOTH);
        assertTrue(decision.reason().startsWith("Left attacked while Right was going back"), decision.reason());
    }

    @Test
    void whoseAttackBeganFirstScores() {
        Decision decision = clear(Action.ATTACK, attackFrom(0.7), attackFrom(1.2), BOTH);
        assertTrue(decision.reason().startsWith("Left began the attack at 0.7"), decision.reason());
    }

    @Test
    void anAttackThatStoppedHasLostTheRight() {
        Moves stops = Moves.of(time -> time > 0.4 && time < 0.9 ? 2.6 : 0.1);
        Decision decision = clear(Action.TAKE_OVER, attackFrom(1), stops, BOTH);
        assertTrue(decision.reason().startsWith("Right's attack ended at 0.87 s"), decision.reason());
    }

    @Test
    void whoPutsTheHandOutFirstCounters() {
        Moves attack = attackFrom(0.9);
        Moves counter = new Moves(attack.speed(), time -> time < 0.6 ? 0.4 : 0.7);
        assertEquals(Side.LEFT, decision(attack, counter, BOTH).winner());
        assertEquals(Side.RIGHT, decision(counter, attack, BOTH).winner());
    }

    @Test
    void whoParriesHasTheRiposte() {
        Moves attack = attackFrom(0.95);
        Moves parry = Moves.of(time -> time < 1 ? 0.6 : 0.9);
        assertEquals(Side.RIGHT, decision(parry, attack, BOTH).winner());
        Decision decision = clear(Action.RIPOSTE, parry, attack, CONTACT + BOTH);
        assertTrue(decision.reason().startsWith("Right attacked and was parried at 1."), decision.reason());
    }

    @Test
    void aPointInLineHasTheRight() {
        Moves line = new Moves(time -> 0, time -> 0.7);
        Decision decision = clear(Action.LINE, line, attackFrom(0.9), BOTH);
        assertEquals("Left held the point in line before Right attacked.", decision.reason());
        Moves late = new Moves(time -> 0, time -> time < 1 ? 0.4 : 0.7);
        assertEquals(Side.RIGHT, decision(late, attackFrom(0.9), BOTH).winner());
    }

    @Test
    void whatNothingTellsApartIsSimultaneous() {
        Decision decision = decision(attackFrom(0.9), attackFrom(0.9), BOTH);
        assertEquals(Action.SIMULTANEOUS, decision.action());
        assertEquals(0.5, decision.confidence(), 0.02);
    }

    @Test
    void doesNotDependOnTheVideosRate() {
        for (double fps : new double[] {15, 25, 30, 59.94}) {
            Decision decision = Rule.PRIORITY.decide(
                    signal(BOTH), bout(fps, attackFrom(0.7), attackFrom(1.1), time -> true), Weapon.SABRE);
            assertEquals(Side.LEFT, decision.winner());
            assertTrue(decision.confidence() > 0.7, fps + " frames a second: " + decision);
        }
    }

    @Test
    void bridgesGaps() {
        Bout gaps = bout(30, attackFrom(0.7), attackFrom(1.2), time -> time > 0.1 && (time * 10) % 4 > 1);
        Decision bridged = Rule.PRIORITY.decide(signal(BOTH), gaps, Weapon.SABRE);
        assertEquals(Side.LEFT, bridged.winner());
        double sure = decision(attackFrom(0.7), attackFrom(1.2), BOTH).confidence();
        assertTrue(bridged.confidence() < 0.5 + 0.9 * (sure - 0.5), bridged + " beside " + sure);
    }

    @Test
    void decidesWhateverItSees() {
        for (DoublePredicate seen : List.<DoublePredicate>of(time -> false, time -> time == 0, time -> time > 1.8)) {
            Decision decision =
                    Rule.PRIORITY.decide(signal(CONTACT + BOTH), bout(30, STANDS, attackFrom(1), seen), Weapon.SABRE);
            assertTrue(decision.confidence() >= 0.5 && decision.confidence() <= 1);
        }
        double[] nothing = new double[2 * Track.POINTS];
        Arrays.fill(nothing, Double.NaN);
        Track short1 = Track.of(List.of(nothing));
        Bout oneFrame = new Bout(30, 1, Bout.Angle.MIDDLE, short1, short1);
        assertEquals(
                Action.SIMULTANEOUS,
                Rule.PRIORITY
                        .decide(signal(CONTACT + BOTH), oneFrame, Weapon.FOIL)
                        .action());
    }

    @Test
    void foilDoesNotAskForTheHand() {
        Moves attack = attackFrom(0.9);
        Moves extended = new Moves(attack.speed(), time -> time < 0.6 ? 0.4 : 0.65);
        Bout bout = bout(30, attack, extended, time -> true);
        assertTrue(Rule.PRIORITY.decide(signal(BOTH), bout, Weapon.SABRE).confidence()
                > Rule.PRIORITY.decide(signal(BOTH), bout, Weapon.FOIL).confidence());
    }

    @Test
    void epeeIsDecidedByTheLamps() {
        Bout bout = bout(30, attackFrom(0.7), STANDS, time -> true);
        Decision apart = Rule.PRIORITY.decide(
                signal("1.5s HIT: Right scores on Left!\n1.6s HIT: Left scores on Right!\n"), bout, Weapon.EPEE);
        assertEquals(Side.RIGHT, apart.winner());
        assertEquals("Right hit first, 100 ms before left.", apart.reason());
        assertEquals(1, apart.confidence());
        Decision together =
                Rule.PRIORITY.decide(signal("1.57s HIT: Left scores on Right!\n" + BOTH), bout, Weapon.EPEE);
        assertEquals("Both hit within 30 ms, a double hit: both score.", together.reason());
        assertEquals(Action.LAMPS, together.action());
        assertEquals(
                "Both hit together, a double hit: both score.",
                Rule.PRIORITY.decide(signal(BOTH), bout, Weapon.EPEE).reason());
    }

    @Test
    void rulesHaveNames() {
        assertEquals(Rule.CLASSIC, Rule.of("classic"));
        OspreyException refused = assertThrows(OspreyException.class, () -> Rule.of("coin"));
        assertEquals(ErrorCode.SETTING_INVALID, refused.code());
        assertEquals("no rule coin, expected classic or priority", refused.detail());
    }

    @Test
    void aSingleHitIsNotDecided() {
        Signal single = Signal.parse(
                "phrase", "0.0s Phrase recording started\n" + BOTH + "Scores -> Fencer 1: HIT, Fencer 2: MISS");
        Bout bout = bout(30, STANDS, STANDS, time -> true);
        assertThrows(IllegalArgumentException.class, () -> Rule.CLASSIC.decide(single, bout, Weapon.SABRE));
    }
}
