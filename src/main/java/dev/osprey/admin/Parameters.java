package dev.osprey.admin;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import org.jspecify.annotations.Nullable;

/** What operators say in queries; {@link ErrorCode#SETTING_INVALID} where it is not what it has to be. */
final class Parameters {

    private static final int MAX_QUOTED = 40;

    private Parameters() {}

    /** @param unless where the query has no such parameter */
    static int number(String name, @Nullable String text, int unless, int least, int most) {
        if (text == null) {
            return unless;
        }
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told as a number out of range is.
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID,
                "%s is \"%s\", expected a whole number from %d to %d".formatted(name, quoted(text), least, most));
    }

    static String quoted(String text) {
        return text.substring(0, Math.min(text.length(), MAX_QUOTED));
    }
}
