package dev.osprey.jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who this server is among those that share the jobs. An installation has a name, in a file that its server holds locked: after a
 * crash the next server of the installation is the same node again, knows that the one before is dead, and takes its jobs back at
 * once. A second server beside it finds the file locked and is a node of its own.
 */
final class Node implements AutoCloseable {

    private static final int MAX_BYTES = 100;

    private final String id;
    private final @Nullable FileChannel held;

    private Node(String id, @Nullable FileChannel held) {
        this.id = id;
        this.held = held;
    }

    static Node of(Path folder) throws IOException {
        Files.createDirectories(folder);
        FileChannel file = FileChannel.open(
                folder.resolve("node"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean kept = false;
        try {
            if (lock(file) != null) {
                kept = true;
                return new Node(name(file), file);
            }
            return new Node(UUID.randomUUID().toString(), null);
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            // By this very process.
            return null;
        }
    }

    private static String name(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        int read = file.read(bytes, 0);
        String text = read <= 0 ? "" : new String(bytes.array(), 0, read, StandardCharsets.UTF_8).strip();
        try {
            return UUID.fromString(text).toString();
        } catch (IllegalArgumentException e) {
            String id = UUID.randomUUID().toString();
            file.truncate(0);
            file.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            file.force(true);
            return id;
        }
    }

    String id() {
        return id;
    }

    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
    }
}
