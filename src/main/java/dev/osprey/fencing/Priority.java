package dev.osprey.fencing;

import dev.osprey.fencing.Decision.Action;
import dev.osprey.fencing.Decision.Moment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Right of way as a referee reads it. First the line: whose point threatened the other one before he attacked has it. Else three
 * questions are asked of both fencers, each answered by a number that changes its sign when the bout is mirrored, so that a
 * mirrored bout gets the mirrored decision:
 *
 * <ol>
 *   <li>Attack: who came at attacking speed for longer, up to the hit, without a break? Who stood, stopped or went back has only
 *       begun again afterwards.
 *   <li>Hand: who had the weapon hand out before the last action? The attacker still holds it back; who puts it out first counters.
 *   <li>Parry: if blades met while both came forward, who of them was quicker? He attacked, the other one parried and has the
 *       riposte.
 * </ol>
 *
 * <p>A weighted sum of the answers is the logarithm of the odds that a referee gives the hit to the left fencer. The three weights
 * are learnt by {@code models/training/right_of_way.py}; every other number is in {@link Thresholds}. Foil has no recorded phrases
 * to learn from: there the hand is not asked, because its rules want the arm extending during the attack.
 */
final class Priority {

    /**
     * What the three questions were answered, each for the left fencer: positive speaks for him.
     *
     * @param attack difference of the mean logarithms of seconds
     * @param hand units that his hand was further out; it speaks for the other one, so its weight is negative
     * @param parry units a second that the other one was quicker before the blades met; 0 without a contact that counts
     */
    record Answers(double attack, double hand, double parry) {}

    private final Signal signal;
    private final Weapon weapon;
    private final Weights weights;
    private final Motion left;
    private final Motion right;
    private final int steps;
    private final int touch;

    /** The first contact that may have been a parry, in steps; null without one. */
    private final @Nullable Integer contact;

    Priority(Signal signal, Bout bout, Weapon weapon, Weights weights) {
        this.signal = signal;
        this.weapon = weapon;
        this.weights = weights;
        left = Motion.of(bout, Side.LEFT);
        right = Motion.of(bout, Side.RIGHT);
        steps = left.steps();
        touch = touch();
        contact = contact();
    }

    Decision decision(String rule, Analysis analysis) {
        Side line = line();
        Answers answers = answers();
        double odds = weights.sum(answers, weapon);
        Side winner = line == null ? (odds > 0 ? Side.LEFT : Side.RIGHT) : line;
        double confidence = line == null ? confidence(odds) : confidence(Thresholds.LINE_ODDS);
        Action action = line == null ? action(winner, answers, confidence) : Action.LINE;
        return new Decision(
                rule, winner, action, reason(winner, action, answers), confidence, moments(winner, action), analysis);
    }

    /** The nearer to a coin, the less was seen of the moments that are told. */
    private double confidence(double odds) {
        double sure = Math.min(Thresholds.SUREST, 1 / (1 + Math.exp(-Math.abs(odds))));
        double seen = Math.min(left.seen(told(), touch), right.seen(told(), touch));
        return 0.5 + (sure - 0.5) * seen;
    }

    // The three questions

    Answers answers() {
        return new Answers(attack(), hand(), parry());
    }

    private double attack() {
        double sum = 0;
        for (double speed : Thresholds.ATTACK_SPEEDS) {
            sum += aroundTouch(step -> logDuration(Side.LEFT, step, speed) - logDuration(Side.RIGHT, step, speed));
        }
        return sum / Thresholds.ATTACK_SPEEDS.length;
    }

    private double logDuration(Side side, int step, double speed) {
        int end = landing(step);
        double seconds = (end - lastSlower(side, end, speed)) / (double) Motion.FPS;
        return Math.log(Thresholds.SHORTEST_ATTACK + seconds);
    }

    private double hand() {
        int from = steps(Thresholds.HAND_FROM);
        int to = steps(Thresholds.HAND_TO);
        return aroundTouch(step -> left.reach(step - from, step - to) - right.reach(step - from, step - to));
    }

    private double parry() {
        if (contact == null) {
            return 0;
        }
        double leftSpeed = approach(Side.LEFT, contact);
        double rightSpeed = approach(Side.RIGHT, contact);
        if (Math.min(leftSpeed, rightSpeed) <= Thresholds.COMES_FORWARD) {
            return 0;
        }
        return Math.max(-Thresholds.MUCH_QUICKER, Math.min(Thresholds.MUCH_QUICKER, rightSpeed - leftSpeed));
    }

    private double approach(Side side, int step) {
        return motion(side).speed(step - steps(Thresholds.BEFORE_CONTACT), step);
    }

    /** Mean of the answers at the moments around the touch. */
    private double aroundTouch(IntToDoubleFunction answer) {
        int blur = steps(Thresholds.TOUCH_BLUR);
        double sum = 0;
        for (int shift = -blur; shift <= blur; shift++) {
            sum += answer.applyAsDouble(within(touch + shift));
        }
        return sum / (2 * blur + 1);
    }

    // Moments, in steps

    /** Shortly before a hand is nearest to the other one's trunk; the lamp says where to look, but not all videos keep its time. */
    private int touch() {
        double[] distance = new double[steps];
        for (int i = 0; i < steps; i++) {
            // Forward is towards each other: the sum of both places is the distance with its sign changed.
            distance[i] = Math.min(-right.trunk(i) - left.hand(i), -left.trunk(i) - right.hand(i));
        }
        double[] smooth = Motion.smoothed(distance, 1);
        int lamp = steps(lampTime());
        int search = steps(Thresholds.TOUCH_SEARCH);
        int nearest = Math.max(0, Math.min(lamp, steps - 1) - search);
        for (int i = nearest + 1; i < Math.min(steps, lamp + search); i++) {
            if (smooth[i] < smooth[nearest]) {
                nearest = i;
            }
        }
        return within(nearest - steps(Thresholds.TOUCH_BEFORE_NEAREST));
    }

    private @Nullable Integer contact() {
        for (double time : signal.bladeContacts()) {
            double before = lampTime() - time;
            if (before > Thresholds.PARRY_LATEST && before < Thresholds.PARRY_EARLIEST) {
                return Math.min(steps - 1, Math.max(1, touch - steps(Thresholds.LAMP_BEFORE_TOUCH) - steps(before)));
            }
        }
        return null;
    }

    private double lampTime() {
        Double both = signal.simultaneousHitTime();
        if (signal.hits().isEmpty()) {
            return both == null ? 0 : both;
        }
        return signal.hits().get(0).time();
    }

    private int landing(int step) {
        return Math.min(steps - 1, Math.max(1, step - steps(Thresholds.LANDING)));
    }

    /** The last step up to that one at which he was slower; -1 if he never was. */
    private int lastSlower(Side side, int step, double speed) {
        int last = step;
        while (last >= 0 && motion(side).speed(last) >= speed) {
            last--;
        }
        return last;
    }

    private int within(int step) {
        return Math.max(Math.min(8, steps - 1), Math.min(steps - 1, step));
    }

    private static int steps(double seconds) {
        return (int) Math.rint(seconds * Motion.FPS);
    }

    private Motion motion(Side side) {
        return side == Side.LEFT ? left : right;
    }

    // The line

    /** Whose point was in line while the other one came, up to the hit; null without one, or with two. */
    private @Nullable Side line() {
        boolean leftHolds = holdsLine(Side.LEFT);
        if (leftHolds == holdsLine(Side.RIGHT)) {
            return null;
        }
        return leftHolds ? Side.LEFT : Side.RIGHT;
    }

    /** Blades that met have taken the line away, or shown that there was none. */
    private boolean holdsLine(Side side) {
        int last = landing(touch);
        int first = last - steps(Thresholds.LINE);
        return contact == null
                && first >= 0
                && motion(side).isStraight(first, last)
                && Math.abs(motion(side).speed(first, last)) < Thresholds.LINE_SPEED
                && motion(side.opponent()).speed(first, last) > Thresholds.INTO_LINE;
    }

    // Words

    /** When the attack began that went on to the hit, by the middle one of the attacking speeds; -1 without one. */
    private int attackBegan(Side side) {
        double speed = Thresholds.ATTACK_SPEEDS[Thresholds.ATTACK_SPEEDS.length / 2];
        int last = landing(touch);
        return motion(side).speed(last) < speed ? -1 : lastSlower(side, last, speed) + 1;
    }

    /** The last step of an earlier attack, since {@link Thresholds#TOLD}; -1 without one. */
    private int earlierAttackEnded(Side side) {
        double speed = Thresholds.ATTACK_SPEEDS[Thresholds.ATTACK_SPEEDS.length / 2];
        int began = attackBegan(side);
        int step = began < 0 ? landing(touch) : began - 1;
        while (step >= told() && motion(side).speed(step) < speed) {
            step--;
        }
        return step >= told() ? step : -1;
    }

    /** The last step before the landing at which he stood or went back, since {@link Thresholds#TOLD}; -1 if he never did. */
    private int stood(Side side) {
        int last = landing(touch);
        while (last >= told() && motion(side).speed(last) >= Thresholds.STANDING) {
            last--;
        }
        return last >= told() ? last : -1;
    }

    private int told() {
        return Math.max(0, touch - steps(Thresholds.TOLD));
    }

    private Action action(Side winner, Answers answers, double confidence) {
        Side parried = answers.parry() > 0 ? Side.LEFT : Side.RIGHT;
        double rest = weights.sum(new Answers(answers.attack(), answers.hand(), 0), weapon) * winner.forward();
        double all = weights.sum(answers, weapon) * winner.forward();
        if (answers.parry() != 0 && parried == winner && all > 2 * rest) {
            return Action.RIPOSTE;
        }
        if (confidence < Thresholds.CLEAR) {
            return Action.SIMULTANEOUS;
        }
        int ended = earlierAttackEnded(winner.opponent());
        int began = attackBegan(winner);
        return ended >= 0 && attackBegan(winner.opponent()) < 0 && began > ended ? Action.TAKE_OVER : Action.ATTACK;
    }

    private String reason(Side winner, Action action, Answers answers) {
        String he = winner.capitalised();
        String other = winner.opponent().capitalised();
        int began = attackBegan(winner);
        return switch (action) {
            case LINE -> "%s held the point in line before %s attacked.".formatted(he, other);
            case RIPOSTE ->
                "%s attacked and was parried at %s; %s has the riposte.".formatted(other, time(contact), he);
            case SIMULTANEOUS ->
                attackBegan(Side.LEFT) < 0 && attackBegan(Side.RIGHT) < 0
                        ? "Nothing clearly tells them apart; %s was a little ahead.".formatted(he)
                        : "Both attacked together; %s was a little ahead.".formatted(he);
            case TAKE_OVER ->
                "%s's attack ended at %s without a hit; %s took over at %s."
                        .formatted(other, time(earlierAttackEnded(winner.opponent())), he, time(began));
            default -> attackReason(winner, answers);
        };
    }

    private String attackReason(Side winner, Answers answers) {
        String he = winner.capitalised();
        String other = winner.opponent().capitalised();
        int began = attackBegan(winner);
        int otherBegan = attackBegan(winner.opponent());
        int stood = stood(winner.opponent());
        if (stood > stood(winner)) {
            if (motion(winner.opponent()).speed(stood) < -Thresholds.STANDING) {
                return "%s attacked while %s was going back at %s.".formatted(he, other, time(stood));
            }
            return stood < steps(Thresholds.START)
                    ? "%s started first; %s still stood at %s.".formatted(he, other, time(stood))
                    : "%s kept coming forward; %s stood at %s.".formatted(he, other, time(stood));
        }
        if (began >= 0 && otherBegan < 0) {
            return "%s attacked from %s up to the hit; %s did not.".formatted(he, time(began), other);
        }
        if (began >= 0 && began < otherBegan) {
            return "%s began the attack at %s, %s at %s.".formatted(he, time(began), other, time(otherBegan));
        }
        double attack = weights.sum(new Answers(answers.attack(), 0, 0), weapon) * winner.forward();
        double hand = weights.sum(new Answers(0, answers.hand(), 0), weapon) * winner.forward();
        return hand > attack
                ? "%s attacked; %s put out the hand first and countered.".formatted(he, other)
                : "%s came at attacking speed for longer than %s.".formatted(he, other);
    }

    private List<Moment> moments(Side winner, Action action) {
        List<Moment> moments = new ArrayList<>();
        for (Side side : Side.values()) {
            add(moments, earlierAttackEnded(side), side, "ended an attack");
            add(moments, attackBegan(side), side, "began the attack");
            int stood = stood(side);
            if (stood >= 0) {
                add(moments, stood, side, motion(side).speed(stood) < -Thresholds.STANDING ? "went back" : "stood");
            }
        }
        if (contact != null) {
            boolean parried = action == Action.RIPOSTE;
            add(moments, contact, winner, parried ? "parried" : "met the other blade");
        }
        add(moments, touch, winner, "hit");
        moments.sort(Comparator.comparingDouble(Moment::seconds));
        return moments;
    }

    private static void add(List<Moment> moments, int step, Side side, String what) {
        if (step >= 0) {
            moments.add(new Moment(step / (double) Motion.FPS, side, what));
        }
    }

    private static String time(@Nullable Integer step) {
        return String.format(Locale.ROOT, "%.2f s", step == null ? 0 : step / (double) Motion.FPS);
    }
}
