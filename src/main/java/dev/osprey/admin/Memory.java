package dev.osprey.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What memory the server's process has. */
final class Memory {

    private static final long BYTES_PER_MIB = 1_048_576;
    private static final long KIB_PER_MIB = 1_024;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d{1,18}) kB$");

    private Memory() {}

    static long heapUsedMib() {
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / BYTES_PER_MIB;
    }

    static long heapMaxMib() {
        return Runtime.getRuntime().maxMemory() / BYTES_PER_MIB;
    }

    /** Of heap, models and everything else together; empty where the system does not say, as only Linux does. */
    static OptionalLong residentMib() {
        try {
            return residentMib(Files.readString(STATUS));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** @param status the text of proc(5)'s {@code /proc/pid/status} */
    static OptionalLong residentMib(String status) {
        Matcher line = RESIDENT.matcher(status);
        return line.find() ? OptionalLong.of(Long.parseLong(line.group(1)) / KIB_PER_MIB) : OptionalLong.empty();
    }
}
