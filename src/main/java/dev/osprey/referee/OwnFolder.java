package dev.osprey.referee;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is this server's alone, where several share the one above it: whoever took up sessions that another server has
 * open would throw them away. The first of {@code name}, {@code name-2} and so on whose lock file no server holds; after a crash
 * the lock is free, and the next server finds what was left.
 */
final class OwnFolder implements AutoCloseable {

    private static final Logger LOG = System.getLogger(OwnFolder.class.getName());

    private final Path path;
    private final @Nullable FileChannel held;

    private OwnFolder(Path path, @Nullable FileChannel held) {
        this.path = path;
        this.held = held;
    }

    /** Does not make the folder. Where the one above cannot be written to, it is the first one, which cannot either. */
    static OwnFolder of(Path above, String name) {
        try {
            Files.createDirectories(above);
            for (int number = 1; ; number++) {
                String own = number == 1 ? name : name + "-" + number;
                FileChannel lock = FileChannel.open(
                        above.resolve(own + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (isMine(lock)) {
                    return new OwnFolder(above.resolve(own), lock);
                }
                lock.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The folder of the sessions cannot be written to", e);
            return new OwnFolder(above.resolve(name), null);
        }
    }

    private static boolean isMine(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another one's in this very process.
            return false;
        }
    }

    Path path() {
        return path;
    }

    /** Lets another server have it. */
    @Override
    public void close() {
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "The lock is held until the process ends", e);
            }
        }
    }
}
