package dev.osprey.studio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Solids that were made before and their files, as folders under the key of everything that they follow from; the least recently used
 * goes first. A file lies once on the disk, here and with its job, where the file system has links. Any thread.
 */
final class ResultCache {

    private static final Logger LOG = System.getLogger(ResultCache.class.getName());

    private final Path folder;
    private final Duration keep;
    private final InstantSource clock;

    /** By key, the least recently used first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private int mostEntries;
    private long mostBytes;
    private long hits;
    private long misses;

    private record Entry(long bytes, Instant made) {}

    /** @param mostEntries 0 for none at all */
    ResultCache(Path folder, int mostEntries, long mostBytes, Duration keep, InstantSource clock) {
        this.folder = folder;
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
        this.keep = keep;
        this.clock = clock;
        recover();
    }

    /** What an earlier server has left. */
    private void recover() {
        try {
            Files.createDirectories(folder);
            List<Path> found;
            try (Stream<Path> folders = Files.list(folder)) {
                found = folders.sorted(Comparator.comparing(ResultCache::modified))
                        .toList();
            }
            for (Path entry : found) {
                String key = String.valueOf(entry.getFileName());
                if (key.matches("[0-9a-f]{64}")) {
                    entries.put(key, new Entry(bytes(entry), modified(entry)));
                } else {
                    delete(entry);
                }
            }
            tidy();
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "Results of before are not used again: {0}", e.toString());
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(Path entry) throws IOException {
        try (Stream<Path> files = Files.list(entry)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Puts the files of an entry into another folder; false where there is none. */
    synchronized boolean tryTake(String key, Path into) throws IOException {
        boolean taken = tryTakeUncounted(key, into);
        hits += taken ? 1 : 0;
        misses += taken ? 0 : 1;
        return taken;
    }

    /** As {@link #tryTake}, for what is no result itself but what results are made of. */
    synchronized boolean tryTakeUncounted(String key, Path into) throws IOException {
        tidy();
        if (!entries.containsKey(key) || entries.get(key) == null) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder.resolve(key))) {
            for (Path file : files.toList()) {
                link(file, into.resolve(String.valueOf(file.getFileName())));
            }
        } catch (NoSuchFileException e) {
            // Somebody else has tidied up: an operator, or a server that shares the folder.
            drop(key);
            return false;
        }
        return true;
    }

    /** Keeps files; what was there under the key goes. */
    synchronized void put(String key, List<Path> files) throws IOException {
        if (mostEntries == 0) {
            return;
        }
        Path unfinished = Files.createDirectory(folder.resolve(UUID.randomUUID().toString()));
        for (Path file : files) {
            link(file, unfinished.resolve(String.valueOf(file.getFileName())));
        }
        remove(key);
        Files.move(unfinished, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        entries.put(key, new Entry(bytes(folder.resolve(key)), clock.instant()));
        tidy();
    }

    /** The same file under another name, its bytes copied only where the file system has no links. */
    static void link(Path file, Path as) throws IOException {
        Files.deleteIfExists(as);
        try {
            Files.createLink(as, file);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(file, as);
        }
    }

    private void tidy() {
        Instant oldest = clock.instant().minus(keep);
        List<String> gone = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (entry.made().isBefore(oldest)) {
                gone.add(key);
            }
        });
        gone.forEach(this::drop);
        while (entries.size() > mostEntries || total() > mostBytes) {
            drop(entries.keySet().iterator().next());
        }
    }

    private long total() {
        return entries.values().stream().mapToLong(Entry::bytes).sum();
    }

    private void drop(String key) {
        entries.remove(key);
        try {
            remove(key);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A result cannot be removed: {0}", e.toString());
        }
    }

    /** Under another name first: a server that dies meanwhile leaves no entry with half of its files. */
    private void remove(String key) throws IOException {
        Path gone = folder.resolve(UUID.randomUUID().toString());
        try {
            Files.move(folder.resolve(key), gone, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return;
        }
        delete(gone);
    }

    private static void delete(Path entry) throws IOException {
        if (!Files.exists(entry)) {
            return;
        }
        try (Stream<Path> files = Files.walk(entry)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    synchronized void clear() {
        List.copyOf(entries.keySet()).forEach(this::drop);
    }

    /** @param newMostEntries as it is where empty, as {@code newMostBytes} */
    synchronized void limit(Optional<Integer> newMostEntries, Optional<Long> newMostBytes) {
        newMostEntries.ifPresent(most -> mostEntries = most);
        newMostBytes.ifPresent(most -> mostBytes = most);
        tidy();
    }

    /** How it is used. */
    record Stats(int entries, int mostEntries, long bytes, long mostBytes, long hits, long misses, Duration keep) {}

    synchronized Stats stats() {
        tidy();
        return new Stats(entries.size(), mostEntries, total(), mostBytes, hits, misses, keep);
    }

    /** One result that is kept. */
    record Kept(String key, long bytes, Instant made) {}

    /** The most recently used last. */
    synchronized List<Kept> kept() {
        tidy();
        List<Kept> kept = new ArrayList<>();
        entries.forEach((key, entry) -> kept.add(new Kept(key, entry.bytes(), entry.made())));
        return kept;
    }
}
