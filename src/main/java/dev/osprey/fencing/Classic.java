package dev.osprey.fencing;

import static dev.osprey.fencing.Track.BACK_FOOT;
import static dev.osprey.fencing.Track.FRONT_FOOT;
import static dev.osprey.fencing.Track.REAR_WRIST;
import static dev.osprey.fencing.Track.WEAPON_WRIST;

import dev.osprey.fencing.Analysis.BladeDetails;
import dev.osprey.fencing.Analysis.Pause;
import dev.osprey.fencing.Analysis.SpeedComparison;
import dev.osprey.fencing.Decision.Action;
import dev.osprey.fencing.Decision.Moment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rule of the system that the protocol comes from, {@code protocols/referee.md}, section 7.4, to the letter: right of way has
 * who paused last, or never; else the livelier blade at the first contact, else the quicker foot, else the right fencer.
 *
 * <p>The letter leaves two things open. That "only" the other one paused is said only where it is true; and where no frame of the
 * front foot is seen, his speed is 0.
 */
final class Classic {

    /** The rule of {@link Rule#CLASSIC}; thresholds are in units per frame. */
    private static final double QUIET = 0.03;

    private static final int LEAST_FRAMES = 4;
    private static final double BACK_FOOT_ADVANCES = 0.05;
    private static final double LEVEL_FOOT_VARIANCE = 0.001;
    private static final int FRAMES_BEFORE_CONTACT = 8;
    private static final int FRAMES_AFTER_CONTACT = 3;
    private static final double LIVELY_BLADE_VARIANCE = 0.1;
    private static final double MUCH_QUICKER = 1.2;
    private static final int LUNGE_FRAMES = 5;
    private static final double LUNGE_PIXELS = 0.8;

    /** The rule knows no probability. */
    private static final double NO_CONFIDENCE = 0.5;

    private final Signal signal;
    private final Bout bout;
    private final double signalFps;

    /** @param signalFps frames a second by which times of the signal become frames, and frames times */
    Classic(Signal signal, Bout bout, double signalFps) {
        this.signal = signal;
        this.bout = bout;
        this.signalFps = signalFps;
    }

    Decision decision(String rule) {
        Analysis analysis = analysis();
        Side rightOfWay = analysis.rightOfWay();
        Side blade = analysis.blade();
        SpeedComparison speeds = analysis.speeds();
        Side winner;
        String reason;
        if (rightOfWay != null) {
            winner = rightOfWay;
            reason = winner.capitalised() + " has right-of-way" + onlyTheOtherPaused(analysis, winner);
        } else if (blade != null) {
            winner = blade;
            reason = "Blade analysis favors " + winner.word();
        } else if (speeds.leftSpeed() > MUCH_QUICKER * speeds.rightSpeed()) {
            winner = Side.LEFT;
            reason = "Left had significantly higher speed";
        } else if (speeds.rightSpeed() > MUCH_QUICKER * speeds.leftSpeed()) {
            winner = Side.RIGHT;
            reason = "Right had significantly higher speed";
        } else {
            winner = Side.RIGHT;
            reason = "Simultaneous action, default to right";
        }
        Action action = rightOfWay == null && blade == null ? Action.SIMULTANEOUS : Action.ATTACK;
        return new Decision(rule, winner, action, reason, NO_CONFIDENCE, moments(analysis), analysis);
    }

    private static String onlyTheOtherPaused(Analysis analysis, Side winner) {
        List<Pause> pauses = analysis.pauses(winner.opponent());
        if (pauses.isEmpty() || !analysis.pauses(winner).isEmpty()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                " (only %s paused at %.2fs)",
                winner.opponent().word(),
                pauses.get(0).startTime());
    }

    private static List<Moment> moments(Analysis analysis) {
        List<Moment> moments = new ArrayList<>();
        for (Side side : Side.values()) {
            if (!analysis.pauses(side).isEmpty()) {
                Pause first = analysis.pauses(side).get(0);
                moments.add(new Moment(first.startTime(), side, first.retreat() ? "retreated" : "paused"));
            }
        }
        moments.sort(Comparator.comparingDouble(Moment::seconds));
        return moments;
    }

    Analysis analysis() {
        List<Pause> left = pauses(Side.LEFT);
        List<Pause> right = pauses(Side.RIGHT);
        Side rightOfWay = rightOfWay(left, right);
        BladeDetails details = signal.bladeContacts().isEmpty() ? null : bladeDetails(rightOfWay);
        return new Analysis(
                left,
                right,
                rightOfWay,
                details == null ? null : favoured(details),
                details,
                new SpeedComparison(
                        mean(steps(Side.LEFT)),
                        mean(steps(Side.RIGHT)),
                        mean(changes(steps(Side.LEFT))),
                        mean(changes(steps(Side.RIGHT)))),
                lunges(Side.LEFT),
                lunges(Side.RIGHT));
    }

    private static @Nullable Side rightOfWay(List<Pause> left, List<Pause> right) {
        if (left.isEmpty() && right.isEmpty()) {
            return null;
        }
        if (left.isEmpty() || right.isEmpty()) {
            return left.isEmpty() ? Side.LEFT : Side.RIGHT;
        }
        return left.get(0).startFrame() >= right.get(0).startFrame() ? Side.LEFT : Side.RIGHT;
    }

    // Pauses and retreats

    private List<Pause> pauses(Side side) {
        double[] front = advances(side, FRONT_FOOT);
        double[] back = advances(side, BACK_FOOT);
        List<Pause> pauses = new ArrayList<>();
        for (Run quiet : runs(0, front.length, i -> Math.abs(front[i]) < QUIET || front[i] < 0)) {
            if (meanSize(front, quiet) > QUIET) {
                pauses.add(pause(quiet, true));
                continue;
            }
            for (Run still : runs(quiet.first(), quiet.last() + 1, i -> back[i] < BACK_FOOT_ADVANCES)) {
                if (variance(bout.track(side), still) < LEVEL_FOOT_VARIANCE) {
                    pauses.add(pause(still, false));
                }
            }
        }
        return pauses;
    }

    /** How far the point goes forward in each frame; 0 in the first, and where it is not seen in this frame or the last. */
    private double[] advances(Side side, int point) {
        Track track = bout.track(side);
        double[] advances = new double[track.frames()];
        for (int i = 1; i < advances.length; i++) {
            double step = (track.x(i, point) - track.x(i - 1, point)) * side.forward();
            advances[i] = Double.isNaN(step) ? 0 : step;
        }
        return advances;
    }

    /** From the first to the last frame, both of it. */
    private record Run(int first, int last) {}

    /** Of frames that follow one another, long enough to count. */
    private static List<Run> runs(int from, int to, IntPredicate belongs) {
        List<Run> runs = new ArrayList<>();
        int first = from;
        for (int i = from; i <= to; i++) {
            if (i == to || !belongs.test(i)) {
                if (i - first >= LEAST_FRAMES) {
                    runs.add(new Run(first, i - 1));
                }
                first = i + 1;
            }
        }
        return runs;
    }

    private static double meanSize(double[] advances, Run run) {
        double sum = 0;
        for (int i = run.first(); i <= run.last(); i++) {
            sum += Math.abs(advances[i]);
        }
        return sum / (run.last() - run.first() + 1);
    }

    /** Population variance of the front foot's height; not a number where it is never seen. */
    private static double variance(Track track, Run run) {
        List<Double> heights = new ArrayList<>();
        for (int i = run.first(); i <= run.last(); i++) {
            if (!Double.isNaN(track.y(i, FRONT_FOOT))) {
                heights.add(track.y(i, FRONT_FOOT));
            }
        }
        return heights.isEmpty() ? Double.NaN : squares(heights) / heights.size();
    }

    /** Sum of the squared distances from the mean. */
    private static double squares(List<Double> values) {
        double mean = mean(values);
        return values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
    }

    private Pause pause(Run run, boolean retreat) {
        return new Pause(
                run.first(),
                run.last(),
                run.first() / signalFps,
                run.last() / signalFps,
                (run.last() - run.first()) / signalFps,
                retreat);
    }

    // Blades

    private BladeDetails bladeDetails(@Nullable Side rightOfWay) {
        int contact = Signal.frame(signal.bladeContacts().get(0), signalFps);
        int first = Math.max(0, contact - FRAMES_BEFORE_CONTACT);
        int last = Math.min(bout.frames() - 1, contact + FRAMES_AFTER_CONTACT);
        // The original's wrist of the right fencer is the one behind; it is measured against, so it stays.
        Wrist left = wrist(bout.left(), WEAPON_WRIST, first, last);
        Wrist right = wrist(bout.right(), REAR_WRIST, first, last);
        return new BladeDetails(
                contact, first, last, left.variance(), right.variance(), left.samples(), right.samples(), rightOfWay);
    }

    private record Wrist(double variance, int samples) {}

    private static Wrist wrist(Track track, int point, int first, int last) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            if (!Double.isNaN(track.x(i, point)) && !Double.isNaN(track.y(i, point))) {
                x.add(track.x(i, point));
                y.add(track.y(i, point));
            }
        }
        double variance = x.size() < 2 ? 0 : (squares(x) + squares(y)) / (x.size() - 1);
        return new Wrist(variance, x.size());
    }

    private static Side favoured(BladeDetails details) {
        if (details.rightOfWay() == null) {
            return details.leftVariance() > details.rightVariance() ? Side.LEFT : Side.RIGHT;
        }
        double variance = details.rightOfWay() == Side.LEFT ? details.leftVariance() : details.rightVariance();
        return variance > LIVELY_BLADE_VARIANCE
                ? details.rightOfWay()
                : details.rightOfWay().opponent();
    }

    // Speed and lunge

    /** Distances of the front foot from frame to frame; not a number where it is not seen in both. */
    private List<Double> steps(Side side) {
        Track track = bout.track(side);
        List<Double> steps = new ArrayList<>();
        for (int i = 1; i < track.frames(); i++) {
            steps.add(Math.hypot(
                    track.x(i, FRONT_FOOT) - track.x(i - 1, FRONT_FOOT),
                    track.y(i, FRONT_FOOT) - track.y(i - 1, FRONT_FOOT)));
        }
        return steps;
    }

    private static List<Double> changes(List<Double> values) {
        List<Double> changes = new ArrayList<>();
        for (int i = 1; i < values.size(); i++) {
            changes.add(Math.abs(values.get(i) - values.get(i - 1)));
        }
        return changes;
    }

    /** Of those that are numbers; 0 without any. */
    private static double mean(List<Double> values) {
        return values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(0);
    }

    /** The original's fault is kept: it compares a distance in pixels with a number that is meant in metres. */
    private boolean lunges(Side side) {
        Track track = bout.track(side);
        List<Double> distances = new ArrayList<>();
        for (int i = 0; i < Math.min(LUNGE_FRAMES, track.frames()); i++) {
            distances.add(bout.normalisationConstant()
                    * Math.hypot(
                            track.x(i, FRONT_FOOT) - track.x(i, BACK_FOOT),
                            track.y(i, FRONT_FOOT) - track.y(i, BACK_FOOT)));
        }
        return !distances.isEmpty()
                && mean(distances) >= LUNGE_PIXELS
                && distances.get(distances.size() - 1) > distances.get(0);
    }
}
