package dev.osprey.fencing;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the scoring box wrote about one phrase, {@code protocols/referee.md}, section 7.2. Times are seconds on the box's clock.
 *
 * @param name of the file, without folders
 * @param startTime when the recording of the phrase started
 * @param simultaneousHitTime of both hits together, else of the first; null only where not both hit
 * @param bladeContacts in the file's order
 * @param hits in the file's order; with a simultaneous one the box writes one or three
 * @param leftScore what the box gave the left fencer, such as {@code HIT}; {@value #UNKNOWN} where it says nothing
 * @param declaredWinner {@code left}, {@code right} or {@value #UNKNOWN}
 */
public record Signal(
        String name,
        double startTime,
        @Nullable Double simultaneousHitTime,
        List<Double> bladeContacts,
        @Nullable Double lockoutStart,
        List<Hit> hits,
        String leftScore,
        String rightScore,
        String declaredWinner) {

    /** The rate at which the protocol numbers frames, whatever the video's. */
    public static final double FPS = 15;

    /** Longest file that is read, in characters; a phrase has about a thousand. */
    public static final int MAX_LENGTH = 256 * 1024;

    public static final String UNKNOWN = "unknown";

    private static final String HIT = "HIT";

    /**
     * A lamp that went on.
     *
     * @param by who hit; null where both did
     */
    public record Hit(double time, @Nullable Side by) {}

    public Signal {
        bladeContacts = List.copyOf(bladeContacts);
        hits = List.copyOf(hits);
    }

    /**
     * @param name of the file; folders before it are dropped
     * @throws OspreyException {@link ErrorCode#SIGNAL_INVALID} when it has no start, nobody hit, both hit and no time is known,
     *     or it is longer than {@link #MAX_LENGTH}
     */
    public static Signal parse(String name, String text) {
        String file = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        if (text.length() > MAX_LENGTH) {
            throw new OspreyException(
                    ErrorCode.SIGNAL_INVALID,
                    "%s has %d characters, at most %d are read".formatted(file, text.length(), MAX_LENGTH));
        }
        SignalReader reader = new SignalReader();
        text.lines().forEach(reader::read);
        Signal signal = reader.signal(file);
        if (!HIT.equals(signal.leftScore) && !HIT.equals(signal.rightScore)) {
            throw new OspreyException(
                    ErrorCode.SIGNAL_INVALID,
                    "Skipping %s: Not a double-touch phrase (Fencer 1: %s, Fencer 2: %s)"
                            .formatted(file, signal.rightScore, signal.leftScore));
        }
        if (signal.bothHit() && signal.simultaneousHitTime == null) {
            throw new OspreyException(ErrorCode.SIGNAL_INVALID, "Could not find simultaneous hit time in " + file);
        }
        return signal;
    }

    /** Whether there is something to adjudicate; otherwise only one fencer hit. */
    public boolean bothHit() {
        return HIT.equals(leftScore) && HIT.equals(rightScore);
    }

    /** The frame of a time, by the protocol's rate. */
    public static int frame(double time) {
        return frame(time, FPS);
    }

    static int frame(double time, double fps) {
        return (int) (time * fps);
    }
}
