package dev.osprey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A processor that a process is held to by {@code taskset}, where the system has that. */
record Core(int number) {

    /** The processors this process may use; none where processes cannot be held to one. */
    static List<Core> available() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status) || !Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            return List.of();
        }
        String allowed = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
        List<Core> cores = new ArrayList<>();
        for (String range : allowed.split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (!ends[0].isEmpty()) {
                for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
                    cores.add(new Core(core));
                }
            }
        }
        return cores;
    }

    /** What a command line on this processor starts with. */
    List<String> prefix() {
        return List.of("taskset", "-c", Integer.toString(number));
    }
}
