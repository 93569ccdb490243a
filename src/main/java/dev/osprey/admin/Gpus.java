package dev.osprey.admin;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The graphics processors as they were when {@link #read} was last called. It runs a command, which is tried once more only where it is
 * there. One thread reads; any looks.
 */
final class Gpus {

    private static final Logger LOG = System.getLogger(Gpus.class.getName());

    private static final long PATIENCE_SECONDS = 2;
    private static final int MOST_BYTES = 65_536;

    private final List<String> command;
    private boolean missing;
    private volatile List<Gpu> last = List.of();

    /** @param command as {@link Gpu#COMMAND} */
    Gpus(List<String> command) {
        this.command = command;
    }

    List<Gpu> last() {
        return last;
    }

    /** Asks the driver; takes a few seconds at most. */
    void read() {
        if (missing) {
            return;
        }
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "There is no {0}: no GPU is looked at", command.get(0));
            missing = true;
            return;
        }
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                last = List.of();
                return;
            }
            String answer = new String(process.getInputStream().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            last = answer.lines().map(Gpu::parse).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "A GPU could not be looked at", e);
            last = List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
