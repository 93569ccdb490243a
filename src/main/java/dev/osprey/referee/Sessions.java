package dev.osprey.referee;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All streamed sessions: those that a client is connected for, by the name it gave them, and those whose client has gone and may
 * come back. Any thread; the lock is never held while a file is read or written.
 */
final class Sessions {

    private static final Logger LOG = System.getLogger(Sessions.class.getName());

    private final Supplier<OspreyConfig.Referee> limits;
    private final Path folder;
    private final LongSupplier nanoClock;

    /** A name whose session is being put together has no session yet. */
    private final Map<String, Optional<Session>> attended = new LinkedHashMap<>();

    /** Oldest first. */
    private final Map<String, Left> left = new LinkedHashMap<>();

    /** In the account of {@link Session#bytes}, over both. */
    private long bytes;

    /** A session without a client. */
    private record Left(Path folder, SessionStart start, long sinceNanos, long bytes) {}

    /** @param folder where sessions lie, each in a folder of its own */
    Sessions(Supplier<OspreyConfig.Referee> limits, Path folder, LongSupplier nanoClock) {
        this.limits = limits;
        this.folder = folder;
        this.nanoClock = nanoClock;
    }

    /** Why a session may not be started, in the protocol's words. */
    static final class Refused extends RuntimeException {

        private final boolean atLimit;

        Refused(String sentence, boolean atLimit) {
            super(sentence, null, false, false);
            this.atLimit = atLimit;
        }

        String sentence() {
            return String.valueOf(getMessage());
        }

        /** Whether the same request may be granted later. */
        boolean isAtLimit() {
            return atLimit;
        }
    }

    /** Takes up what an earlier process has left: its clients may come back from now on. To be called before the first client comes. */
    void recover() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> folders = Files.list(folder)) {
            // The newest last: of two of the same name it is the one that counts.
            List<Path> oldestFirst = folders.sorted(
                            Comparator.comparingLong(each -> each.toFile().lastModified()))
                    .toList();
            for (Path each : oldestFirst) {
                try {
                    recover(each);
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.WARNING, "What is left of an earlier session could not be read", e);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "What is left of earlier sessions could not be read", e);
        }
    }

    private void recover(Path each) throws IOException {
        Optional<SessionStart> start = Spool.start(each);
        if (start.isEmpty()) {
            // Killed before it was whole.
            Spool.delete(each);
            return;
        }
        long size = 0;
        try (Stream<Path> files = Files.list(each)) {
            for (Path file : files.toList()) {
                size += Files.size(file);
            }
        }
        leave(start.get(), each, size);
    }

    /**
     * Begins a session, or goes on with one.
     *
     * @param resume whether what is there of a session of this name is kept rather than dropped
     * @throws Refused where a limit is reached or the name is in use
     * @throws OspreyException {@link ErrorCode#STORE_UNAVAILABLE}
     */
    Session start(SessionStart start, boolean resume) {
        Left earlier = reserve(start);
        try {
            Session session = open(start, resume ? earlier : null);
            if (earlier != null && !session.folder().equals(earlier.folder())) {
                delete(earlier.folder());
            }
            synchronized (this) {
                attended.put(start.key(), Optional.of(session));
                bytes += session.bytes() - (earlier == null ? 0 : earlier.bytes());
            }
            return session;
        } catch (IOException | RuntimeException e) {
            synchronized (this) {
                attended.remove(start.key());
                if (earlier != null) {
                    left.put(start.key(), earlier);
                }
            }
            throw new OspreyException(ErrorCode.STORE_UNAVAILABLE, "The session could not be kept on disk", e);
        }
    }

    private synchronized @Nullable Left reserve(SessionStart start) {
        long attendedBytes =
                bytes - left.values().stream().mapToLong(Left::bytes).sum();
        if (attended.containsKey(start.key())) {
            throw new Refused("Session %s already exists".formatted(start.id()), false);
        } else if (attended.size() >= limits.get().maxSessions()) {
            throw new Refused(
                    "Maximum concurrent sessions reached (%d)"
                            .formatted(limits.get().maxSessions()),
                    true);
        } else if (attendedBytes >= limitBytes()) {
            throw new Refused(
                    String.format(
                            Locale.ROOT, "Maximum memory limit reached (%.1f MB)", Session.megabytes(attendedBytes)),
                    true);
        }
        attended.put(start.key(), Optional.empty());
        return left.remove(start.key());
    }

    private Session open(SessionStart start, @Nullable Left earlier) throws IOException {
        if (earlier == null) {
            return Session.begin(folder, start, nanoClock);
        }
        return Session.resume(earlier.folder(), earlier.start(), nanoClock);
    }

    /** Whether so many more bytes may be kept; counts them if so. Sessions without a client give way, the oldest first. */
    boolean tryAdd(long more) {
        List<Left> dropped;
        boolean fits;
        synchronized (this) {
            dropped = makeRoom(more);
            fits = bytes + more <= limitBytes();
            if (fits) {
                bytes += more;
            }
        }
        dropped.forEach(each -> delete(each.folder()));
        return fits;
    }

    /** Takes sessions without a client out of the account until so many bytes fit, or none is left. */
    private synchronized List<Left> makeRoom(long more) {
        List<Left> dropped = new ArrayList<>();
        while (bytes + more > limitBytes() && !left.isEmpty()) {
            dropped.add(removeOldest());
        }
        return dropped;
    }

    private long limitBytes() {
        return limits.get().maxSpoolMib() * 1_048_576L;
    }

    /** A session's client has gone: what it sent is kept for a while, if it sent anything. */
    void leave(Session session) {
        session.close();
        boolean kept = session.frames() > 0;
        Left oldest = null;
        synchronized (this) {
            attended.remove(session.start().key());
            if (kept) {
                // One without a client costs nothing but its place on the disk; no more of them than of the others.
                if (left.size() >= Math.max(1, limits.get().maxSessions())) {
                    oldest = removeOldest();
                }
                left.put(
                        session.start().key(),
                        new Left(session.folder(), session.start(), nanoClock.getAsLong(), session.bytes()));
            } else {
                bytes -= session.bytes();
            }
        }
        if (!kept) {
            delete(session.folder());
        }
        if (oldest != null) {
            delete(oldest.folder());
        }
    }

    private void leave(SessionStart start, Path itsFolder, long size) {
        Left older;
        synchronized (this) {
            // The server ended after a session had begun anew and before what was there of it was removed.
            older = left.remove(start.key());
            left.put(start.key(), new Left(itsFolder, start, nanoClock.getAsLong(), size));
            bytes += size - (older == null ? 0 : older.bytes());
        }
        if (older != null) {
            delete(older.folder());
        }
    }

    private Left removeOldest() {
        Iterator<Left> oldestFirst = left.values().iterator();
        Left oldest = oldestFirst.next();
        oldestFirst.remove();
        bytes -= oldest.bytes();
        return oldest;
    }

    /** What was sent is not wanted any more, or is a job's. */
    void drop(Session session) {
        session.close();
        synchronized (this) {
            attended.remove(session.start().key());
            bytes -= session.bytes();
        }
        delete(session.folder());
    }

    /** Drops those whose clients have been gone for too long; to be called when {@link #hasExpired} says so. */
    void sweep() {
        List<Left> expired = new ArrayList<>();
        synchronized (this) {
            while (hasExpired()) {
                expired.add(removeOldest());
            }
        }
        expired.forEach(each -> delete(each.folder()));
    }

    /** Whether somebody's client has been gone for too long; to be asked every second or so. */
    synchronized boolean hasExpired() {
        long before = nanoClock.getAsLong() - limits.get().sessionTimeout().toNanos();
        return !left.isEmpty() && left.values().iterator().next().sinceNanos() - before < 0;
    }

    private static void delete(Path folder) {
        try {
            Spool.delete(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "A session's files could not be removed", e);
        }
    }

    /** {@code protocols/referee.md}, section 2.2, of the sessions that the caller may see. */
    JsonObject stats(Caller caller) {
        List<Session> sessions;
        synchronized (this) {
            sessions = attended.values().stream()
                    .flatMap(Optional::stream)
                    .filter(session -> caller.sees(session.start().owner()))
                    .toList();
        }
        long total = 0;
        int frames = 0;
        JsonObjectBuilder entries = Json.createObjectBuilder();
        Set<String> told = new HashSet<>();
        for (Session session : sessions) {
            total += session.bytes();
            frames += session.frames();
            // Who sees everybody's sees both of two that are called the same.
            String name = told.add(session.id())
                    ? session.id()
                    : "%s (%s)".formatted(session.id(), session.start().owner().orElse("nobody's"));
            entries.add(name, session.stats());
        }
        return Json.createObjectBuilder()
                .add("active_sessions", sessions.size())
                .add("max_sessions", limits.get().maxSessions())
                .add("total_memory_mb", Session.megabytes(total))
                .add("max_memory_mb", (double) limits.get().maxSpoolMib())
                .add("total_frames", frames)
                .add("sessions", entries)
                .add("streaming_enabled", true)
                .build();
    }
}
