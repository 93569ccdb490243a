package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The words of a text file, one after the other, with the line each is in. */
final class TextScan {

    private static final int LONGEST_NUMBER = 64;
    private static final int LONGEST_SHOWN = 24;

    private final ByteBuffer bytes;
    private int from;
    private int to;
    private int line = 1;

    /** @param bytes read from 0 to its limit */
    TextScan(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Goes to the next word, if there is one in the file. */
    boolean next() {
        from = to;
        while (from < bytes.limit() && bytes.get(from) <= ' ' && bytes.get(from) >= 0) {
            line += bytes.get(from) == '\n' ? 1 : 0;
            from++;
        }
        end();
        return from < to;
    }

    /** Goes to the next word of this line, if there is one. */
    boolean nextInLine() {
        from = to;
        while (from < bytes.limit() && bytes.get(from) <= ' ' && bytes.get(from) >= 0 && bytes.get(from) != '\n') {
            from++;
        }
        end();
        return from < to;
    }

    private void end() {
        to = from;
        while (to < bytes.limit() && (bytes.get(to) > ' ' || bytes.get(to) < 0)) {
            to++;
        }
    }

    void skipLine() {
        while (to < bytes.limit() && bytes.get(to) != '\n') {
            to++;
        }
        from = to;
    }

    /** Whether the word is this one, in letters of either case. */
    boolean is(String word) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Character.toLowerCase((char) bytes.get(from + i)) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String word() {
        byte[] word = new byte[to - from];
        bytes.get(from, word);
        return new String(word, StandardCharsets.ISO_8859_1);
    }

    /** The word's beginning, fit to be shown. */
    String shown() {
        int shown = Math.min(to, from + LONGEST_SHOWN);
        StringBuilder text = new StringBuilder();
        for (int at = from; at < shown; at++) {
            text.append(bytes.get(at) > ' ' && bytes.get(at) < 0x7F ? (char) bytes.get(at) : '?');
        }
        return text.append(shown < to ? "…" : "").toString();
    }

    /** The next word of this line, which must be a number. */
    float number() {
        if (!nextInLine()) {
            throw unreadable("no number");
        }
        return parsed();
    }

    /** This word, which must be a finite number. */
    float parsed() {
        if (to - from <= LONGEST_NUMBER) {
            try {
                float number = Float.parseFloat(word());
                if (Float.isFinite(number)) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                throw unreadable("'%s' for a number".formatted(shown()));
            }
        }
        throw unreadable("'%s' for a number".formatted(shown()));
    }

    OspreyException unreadable(String found) {
        return new OspreyException(
                ErrorCode.MESH_UNREADABLE, String.format(Locale.ROOT, "Line %d has %s", line, found));
    }
}
