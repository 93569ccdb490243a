package dev.osprey.fencing;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a scoring box's file line by line. A line may say several things; of what is said twice the first counts. Searches by
 * hand, because a line may be as long as the file and a regular expression would look at its digits again and again.
 */
final class SignalReader {

    /** No bout is longer; what claims to be is no time. */
    private static final double LONGEST_SECONDS = 100_000;

    private static final int LONGEST_WORD = 32;

    private @Nullable Double start;
    private @Nullable Double simultaneous;
    private @Nullable Double lockout;
    private final List<Double> contacts = new ArrayList<>();
    private final List<Signal.Hit> hits = new ArrayList<>();
    private String left = Signal.UNKNOWN;
    private String right = Signal.UNKNOWN;
    private String winner = Signal.UNKNOWN;

    void read(String line) {
        Double time = time(line);
        if (time != null) {
            readTimed(line, time);
        }
        if (line.contains("Scores ->")) {
            right = wordAfter("Fencer 1:", line, right);
            left = wordAfter("Fencer 2:", line, left);
        }
        String lowerCase = line.toLowerCase(Locale.ROOT);
        for (String declaration : List.of("confirmed result winner:", "manual selection winner:")) {
            String word = wordAfter(declaration, lowerCase, Signal.UNKNOWN);
            if (word.startsWith("left") || word.startsWith("right")) {
                winner = word.startsWith("left") ? "left" : "right";
            }
        }
    }

    private void readTimed(String line, Double time) {
        if (start == null && line.contains("Phrase recording started")) {
            start = time;
        }
        boolean both = line.contains("Simultaneous valid hits");
        if (simultaneous == null && both) {
            simultaneous = time;
        }
        if (line.contains("Off-Target: Blade-to-blade contact")) {
            contacts.add(time);
        }
        if (lockout == null && line.contains("Lockout period started")) {
            lockout = time;
        }
        int hit = line.indexOf("HIT:");
        if (hit >= 0) {
            hits.add(new Signal.Hit(time, both ? null : scorer(line.substring(hit))));
        }
    }

    private static @Nullable Side scorer(String hit) {
        if (hit.contains("Left scores")) {
            return Side.LEFT;
        }
        return hit.contains("Right scores") ? Side.RIGHT : null;
    }

    /** @throws OspreyException {@link ErrorCode#SIGNAL_INVALID} without a start */
    Signal signal(String name) {
        if (start == null) {
            throw new OspreyException(ErrorCode.SIGNAL_INVALID, "Could not find start time in " + name);
        }
        Double hit =
                simultaneous == null && !hits.isEmpty() ? (Double) hits.get(0).time() : simultaneous;
        return new Signal(name, start, hit, contacts, lockout, hits, left, right, winner);
    }

    /** The first of digits, dot, digits, s; each digit is looked at no more than twice. */
    private static @Nullable Double time(String line) {
        for (int dot = line.indexOf('.'); dot >= 0; dot = line.indexOf('.', dot + 1)) {
            int end = dot + 1;
            while (end < line.length() && isDigit(line.charAt(end))) {
                end++;
            }
            int begin = dot;
            while (begin > 0 && isDigit(line.charAt(begin - 1))) {
                begin--;
            }
            if (begin < dot && end > dot + 1 && end < line.length() && line.charAt(end) == 's') {
                double time = Double.parseDouble(line.substring(begin, end));
                return time < LONGEST_SECONDS ? (Double) time : null;
            }
        }
        return null;
    }

    private static String wordAfter(String label, String line, String otherwise) {
        int at = line.indexOf(label);
        if (at < 0) {
            return otherwise;
        }
        int begin = at + label.length();
        while (begin < line.length() && Character.isWhitespace(line.charAt(begin))) {
            begin++;
        }
        int end = begin;
        while (end < line.length()
                && end - begin < LONGEST_WORD
                && (Character.isLetterOrDigit(line.charAt(end)) || line.charAt(end) == '_')) {
            end++;
        }
        return end == begin ? otherwise : line.substring(begin, end);
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
