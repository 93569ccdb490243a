package dev.osprey.admin;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A graphics processor of NVIDIA's as its driver tells of it.
 *
 * @param memoryUsedMib by all processes
 * @param utilisationPercent 0 to 100, of the time; empty where the driver does not say
 */
record Gpu(String name, int memoryUsedMib, int memoryTotalMib, OptionalInt utilisationPercent) {

    /** What {@code nvidia-smi} is asked for; {@link #parse} reads its answer. */
    static final List<String> COMMAND = List.of(
            "nvidia-smi", "--query-gpu=name,memory.used,memory.total,utilization.gpu", "--format=csv,noheader,nounits");

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
    private static final int FIELDS = 4;

    /** One line of the answer to {@link #COMMAND}; empty where it is none. */
    static Optional<Gpu> parse(String line) {
        String[] fields = COMMA.split(line.strip(), -1);
        if (fields.length != FIELDS) {
            return Optional.empty();
        }
        OptionalInt used = number(fields[1]);
        OptionalInt total = number(fields[2]);
        return used.isEmpty() || total.isEmpty()
                ? Optional.empty()
                : Optional.of(new Gpu(fields[0], used.getAsInt(), total.getAsInt(), number(fields[3])));
    }

    private static OptionalInt number(String field) {
        try {
            return OptionalInt.of(Integer.parseInt(field));
        } catch (NumberFormatException e) {
            // "[N/A]", which some devices answer.
            return OptionalInt.empty();
        }
    }
}
