package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultCacheTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final String C = "c".repeat(64);

    private Path folder;

    private Path made;
    private Path taken;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void makeFolders(@TempDir Path empty) throws IOException {
        folder = empty;
        made = Files.createDirectory(folder.resolve("made"));
        taken = Files.createDirectory(folder.resolve("taken"));
    }

    private ResultCache cache(int entries, long bytes) {
        return new ResultCache(folder.resolve("cache"), entries, bytes, Duration.ofHours(24), () -> now);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(made.resolve("model.stl"), content);
    }

    @Test
    void givesBackWhatWasPutIn() throws IOException {
        ResultCache cache = cache(10, 1_000);
        assertFalse(cache.tryTake(A, taken));
        cache.put(A, List.of(file("solid")));
        Files.delete(made.resolve("model.stl"));

        assertTrue(cache.tryTake(A, taken));
        assertEquals("solid", Files.readString(taken.resolve("model.stl")));
        assertEquals(1, cache.stats().hits());
        assertEquals(1, cache.stats().misses());
    }

    @Test
    void givesBackWhatAnEarlierServerPutIn() throws IOException {
        cache(10, 1_000).put(A, List.of(file("solid")));
        Files.createDirectory(folder.resolve("cache").resolve("half of one that was being put in"));

        ResultCache later = cache(10, 1_000);

        assertEquals(5, later.stats().bytes());
        assertTrue(later.tryTake(A, taken));
        assertFalse(Files.exists(folder.resolve("cache").resolve("half of one that was being put in")));
    }

    @Test
    void letsGoWhatWasNotUsedForLongest() throws IOException {
        ResultCache cache = cache(2, 1_000);
        cache.put(A, List.of(file("1")));
        cache.put(B, List.of(file("2")));
        assertTrue(cache.tryTake(A, taken));
        cache.put(C, List.of(file("3")));

        assertFalse(cache.tryTake(B, taken));
        assertTrue(cache.tryTake(A, taken));
        assertTrue(cache.tryTake(C, taken));
    }

    @Test
    void letsGoWhatIsTooMuchOrTooOld() throws IOException {
        ResultCache cache = cache(10, 10);
        cache.put(A, List.of(file("123456")));
        cache.put(B, List.of(file("123456")));
        assertEquals(
                List.of(B), cache.kept().stream().map(ResultCache.Kept::key).toList());

        now = now.plus(Duration.ofHours(25));
        assertFalse(cache.tryTake(B, taken));
        assertEquals(0, cache.stats().bytes());
    }

    @Test
    void isLimitedAnewAndCleared() throws IOException {
        ResultCache cache = cache(10, 1_000);
        cache.put(A, List.of(file("1")));
        cache.put(B, List.of(file("2")));

        cache.limit(Optional.of(1), Optional.empty());
        assertEquals(
                List.of(B), cache.kept().stream().map(ResultCache.Kept::key).toList());

        cache.clear();
        assertFalse(cache.tryTake(B, taken));
        cache.limit(Optional.of(0), Optional.empty());
        cache.put(A, List.of(file("1")));
        assertEquals(0, cache.stats().entries());
    }

    @Test
    void missesWhatSomebodyElseHasRemoved() throws IOException {
        ResultCache cache = cache(10, 1_000);
        cache.put(A, List.of(file("solid")));
        Path entry = folder.resolve("cache").resolve(A);
        Files.delete(entry.resolve("model.stl"));
        Files.delete(entry);

        assertFalse(cache.tryTake(A, taken));
        assertEquals(0, cache.stats().entries());

        cache.put(A, List.of(file("solid")));
        assertTrue(cache.tryTake(A, taken));
    }
}
