package dev.osprey.jobs;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code Range} header asks for (RFC 9110, section 14): one range of bytes of a file. Several ranges at once, other units and
 * text that is none of this are ignored, as the standard allows.
 *
 * @param first the first byte
 * @param last the last one, included; less than the first where the file has nothing that was asked for
 */
record ByteRange(long first, long last) {

    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    static Optional<ByteRange> of(String header, long fileBytes) {
        Matcher matcher = ONE.matcher(header.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from.isEmpty()) {
            if (to.isEmpty()) {
                return Optional.empty();
            }
            // So many bytes from the end.
            long wanted = Math.min(Long.parseLong(to), fileBytes);
            return Optional.of(new ByteRange(fileBytes - wanted, fileBytes - 1));
        }
        long first = Long.parseLong(from);
        long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
        if (last < first) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(first, Math.min(last, fileBytes - 1)));
    }

    boolean isSatisfiable() {
        return last >= first;
    }

    long bytes() {
        return last - first + 1;
    }
}
