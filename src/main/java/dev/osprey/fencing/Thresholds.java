package dev.osprey.fencing;

/**
 * Every number by which {@link Priority} reads a phrase. Times are seconds, places units of the piste (about a metre), speeds
 * units a second of the trunk. {@code models/training/right_of_way.py} has the same ones and says how sharp they are: none is.
 */
final class Thresholds {

    /** The hands are nearest to the opponent's trunk within this of the first lamp, before and after. */
    static final double TOUCH_SEARCH = 0.4;

    /** What counts happens before the hand is nearest; it goes on through the hit. */
    static final double TOUCH_BEFORE_NEAREST = 0.1;

    /** No judgement hangs on one moment: everything is asked at moments around the touch, this far to either side. */
    static final double TOUCH_BLUR = 0.1;

    /** Who attacks is quicker than these; as nobody can say where walking ends, all are asked. */
    static final double[] ATTACK_SPEEDS = {1.25, 1.5, 1.75, 2, 2.25};

    /** The landing takes the speed out of an attack; it does not end it. */
    static final double LANDING = 5.0 / 30;

    /** Attacks that are this short are as good as none. */
    static final double SHORTEST_ATTACK = 0.1;

    /** When the weapon hand is looked at: before anyone has begun the last thrust or cut. */
    static final double HAND_FROM = 0.7;

    static final double HAND_TO = 0.3;

    /** A contact of the blades counts as a parry if it is at least this long before the first lamp … */
    static final double PARRY_LATEST = 0.05;

    /** … and at most that long. */
    static final double PARRY_EARLIEST = 0.8;

    /** From the lamp to the moment of the touch in the picture. */
    static final double LAMP_BEFORE_TOUCH = 0.1;

    /** Over which it is told who came forward when the blades met. */
    static final double BEFORE_CONTACT = 20.0 / 30;

    /** Both came forward if both were quicker than this. */
    static final double COMES_FORWARD = 0.3;

    /** A difference in speed counts up to here. */
    static final double MUCH_QUICKER = 2;

    /** A line: wrist from shoulder, in parts of the arm's length. */
    static final double STRAIGHT_ARM = 0.95;

    /** How far the hand of a line may be above or below the shoulder. */
    static final double LEVEL_HAND = 0.25;

    /** How long a line must have been there when they hit: from before the other one can have begun his last action. */
    static final double LINE = 0.7;

    /** How fast the other one must have come meanwhile. */
    static final double INTO_LINE = 0.8;

    /** Who holds a line does not attack himself. */
    static final double LINE_SPEED = 0.5;

    /** Logarithm of the odds of a line: it has not been measured, no recorded phrase has one. */
    static final double LINE_ODDS = 0.5;

    /** Slower than this is standing; for words only. */
    static final double STANDING = 0.3;

    /** How far back it is said that somebody stood, retreated or attacked; for words only. */
    static final double TOLD = 1.2;

    /** Up to here, standing is not having started yet; for words only. */
    static final double START = 0.5;

    /** Less sure than this is called simultaneous; for words only. */
    static final double CLEAR = 0.6;

    /** The vote is never surer: of phrases that it was surest of, one in thirty was decided otherwise. */
    static final double SUREST = 0.97;

    private Thresholds() {}
}
