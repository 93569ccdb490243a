package dev.osprey.referee;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The frames of one session in a folder, as they came: {@code frames.bin} holds their bytes one behind the other, {@code
 * frames.index} a record for each of them, {@code session.json} what the session was started with.
 *
 * <p>A frame's bytes are written before its record, so that a process that is killed in between leaves bytes without a record,
 * which the next one to open the folder cuts off. What was written outlives the process; {@link #force} makes it outlive the
 * machine. One thread at a time.
 */
final class Spool implements AutoCloseable {

    private static final String FRAMES = "frames.bin";
    private static final String INDEX = "frames.index";
    private static final String SESSION = "session.json";
    private static final String SIGNAL = "signal.txt";

    /** Number, offset (int64), length, encoding (int32), big-endian. */
    private static final int RECORD_BYTES = 24;

    /** Records that are read at once. */
    private static final int RECORDS_READ = 2_048;

    private final Path folder;
    private final FileChannel frames;
    private final FileChannel index;
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
    private ByteBuffer read = ByteBuffer.allocate(0);
    private long bytes;
    private long records;

    /**
     * Where a frame lies.
     *
     * @param offset in the file of frames
     */
    record Entry(long number, long offset, int length, Encoding encoding) {}

    private Spool(Path folder, FileChannel frames, FileChannel index) {
        this.folder = folder;
        this.frames = frames;
        this.index = index;
    }

    /** Makes the folder, which must not be there. */
    static Spool create(Path folder, SessionStart start) throws IOException {
        Files.createDirectories(folder.getParent());
        Files.createDirectory(folder);
        write(folder.resolve(SESSION), start.toJson().toString().getBytes(StandardCharsets.UTF_8));
        return open(folder);
    }

    /** Goes on with what is there. */
    static Spool open(Path folder) throws IOException {
        FileChannel frames = channel(folder.resolve(FRAMES));
        try {
            FileChannel index = channel(folder.resolve(INDEX));
            try {
                Spool spool = new Spool(folder, frames, index);
                spool.repair();
                return spool;
            } catch (IOException | RuntimeException e) {
                index.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            frames.close();
            throw e;
        }
    }

    private static FileChannel channel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** What the session of a folder was started with; nothing where the folder is none of a session. */
    static Optional<SessionStart> start(Path folder) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(Files.readString(folder.resolve(SESSION))))) {
            return Optional.of(SessionStart.ofJson(reader.readObject()));
        } catch (NoSuchFileException | JsonException e) {
            return Optional.empty();
        }
    }

    /** Cuts off a record that is not whole, or is of bytes that are not there, and bytes without a record. */
    private void repair() throws IOException {
        records = index.size() / RECORD_BYTES;
        long end = 0;
        long whole = 0;
        long available = frames.size();
        for (Entry entry : entries()) {
            if (entry.offset() != end || entry.offset() + entry.length() > available) {
                break;
            }
            end += entry.length();
            whole++;
        }
        records = whole;
        bytes = end;
        index.truncate(records * RECORD_BYTES);
        frames.truncate(bytes);
    }

    /** All frames, in the order in which they came. */
    List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        each(entries::add);
        return entries;
    }

    /** As {@link #entries}, without keeping them. */
    void each(Consumer<Entry> reader) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(RECORDS_READ * RECORD_BYTES);
        for (long from = 0; from < records; from += RECORDS_READ) {
            int count = (int) Math.min(RECORDS_READ, records - from);
            readFully(index, buffer.clear().limit(count * RECORD_BYTES), from * RECORD_BYTES);
            buffer.flip();
            for (int i = 0; i < count; i++) {
                long number = buffer.getLong();
                long offset = buffer.getLong();
                int length = buffer.getInt();
                Optional<Encoding> encoding = Encoding.ofCode(buffer.getInt());
                if (length < 0 || encoding.isEmpty()) {
                    // Not written by this class; what follows it cannot be trusted either.
                    return;
                }
                reader.accept(new Entry(number, offset, length, encoding.get()));
            }
        }
    }

    /** Adds a frame from the buffer's position to its limit. */
    void add(long number, Encoding encoding, ByteBuffer frame) throws IOException {
        int length = frame.remaining();
        writeFully(frames, frame.duplicate(), bytes);
        record.clear()
                .putLong(number)
                .putLong(bytes)
                .putInt(length)
                .putInt(encoding.code())
                .flip();
        writeFully(index, record, records * RECORD_BYTES);
        bytes += length;
        records++;
    }

    /** A frame's bytes, until the next are read: memory of its own for each would be free only some time later. */
    ByteBuffer read(Entry entry) throws IOException {
        if (read.capacity() < entry.length()) {
            read = ByteBuffer.allocateDirect(entry.length());
        }
        readFully(frames, read.clear().limit(entry.length()), entry.offset());
        return read.flip();
    }

    /** Bytes of all frames. */
    long bytes() {
        return bytes;
    }

    Path folder() {
        return folder;
    }

    /** Keeps the signal file's text. */
    void signal(byte[] text) throws IOException {
        write(folder.resolve(SIGNAL), text);
    }

    /** Has everything reach the disk. */
    void force() throws IOException {
        frames.force(false);
        index.force(false);
    }

    @Override
    public void close() throws IOException {
        try (frames) {
            index.close();
        }
    }

    /** Removes a folder that is not open; harmless where there is none. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** All of the file or nothing of it. */
    private static void write(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, ByteBuffer.wrap(content), 0);
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeFully(FileChannel channel, ByteBuffer source, long from) throws IOException {
        long at = from;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long from) throws IOException {
        long at = from;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException("a spool ends at " + at);
            }
            at += read;
        }
    }

    /** Has the files of a folder that is not open in another one too: by links, or as copies where there can be none. */
    static void link(Path folder, Path other) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Path target = other.resolve(file.getFileName().toString());
                try {
                    Files.createLink(target, file);
                } catch (UnsupportedOperationException | FileSystemException e) {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** Leaves only what is not the frames', which are in a video now. */
    static void deleteFrames(Path folder) throws IOException {
        // In this order: frames without an index would be taken for a session without any.
        Files.deleteIfExists(folder.resolve(FRAMES));
        Files.deleteIfExists(folder.resolve(INDEX));
    }

    /** Names of the session's files, but for its signal: of the frames as long as there are some. */
    static List<String> files(Path folder) {
        return hasFrames(folder) ? List.of(SESSION, FRAMES, INDEX) : List.of(SESSION);
    }

    /** Whether a folder has frames. */
    static boolean hasFrames(Path folder) {
        return Files.exists(folder.resolve(FRAMES));
    }
}
