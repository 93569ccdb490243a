package dev.osprey.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The scoring box's text file, which for a bout that is being fenced appears only when it is over. */
final class SignalFile {

    private static final long LOOK_MILLIS = 300;

    private final Path file;
    private final Duration patience;

    /** @param patience how long {@link #read} waits for the file; zero for one that has to be there */
    SignalFile(Path file, Duration patience) {
        this.file = file;
        this.patience = patience;
    }

    /** Without folders: they are nobody else's business. */
    String name() {
        return String.valueOf(file.getFileName());
    }

    private boolean isThere() {
        return Files.isRegularFile(file) && Files.isReadable(file);
    }

    /**
     * The file's bytes. Waits for it, and then until it no longer grows.
     *
     * @throws ClientFailure when it is not there or is empty
     */
    byte[] read(Display display) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean waiting = !patience.isZero();
        if (waiting && !isThere()) {
            display.note("Waiting up to " + patience.toSeconds() + " s for the signal file " + file);
        }
        long size = -1;
        while (waiting && System.nanoTime() < deadline) {
            long newSize = isThere() ? size() : -1;
            if (newSize > 0 && newSize == size) {
                break;
            }
            size = newSize;
            Thread.sleep(LOOK_MILLIS);
        }
        require();
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unusable("cannot be read");
        }
    }

    /** @throws ClientFailure when it is not there or is empty */
    void require() {
        if (!Files.exists(file)) {
            throw unusable("is missing");
        } else if (!isThere()) {
            throw unusable("cannot be read");
        } else if (size() == 0) {
            throw unusable("is empty");
        }
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return -1;
        }
    }

    private ClientFailure unusable(String why) {
        return new ClientFailure(ExitCode.USAGE, "The signal file " + file + " " + why);
    }
}
