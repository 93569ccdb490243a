package dev.osprey;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.IncompleteExecutionException;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs and not every machine has. Where it is missing the test is skipped, with a line that says why; with
 * {@code OSPREY_REQUIRE_ALL=true} in the environment it fails.
 */
public final class Requires {

    private static final boolean ALL = Boolean.parseBoolean(System.getenv("OSPREY_REQUIRE_ALL"));

    private Requires() {}

    /**
     * @param what for people, as in "Chromium"
     * @param candidates names to be found on the PATH, or absolute paths; the first that exists is taken
     */
    public static Path program(String what, String... candidates) {
        Optional<Path> found = Stream.of(candidates)
                .flatMap(Requires::places)
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(
                () -> missing("%s is not installed: none of %s".formatted(what, String.join(", ", candidates))));
    }

    /** @param what for people, as in "the folder of shared clips" */
    public static Path existing(String what, Path path) {
        if (Files.exists(path)) {
            return path;
        }
        throw missing("%s is not there: %s".formatted(what, path));
    }

    /** What ends the test, one way or the other. */
    public static IncompleteExecutionException missing(String why) {
        if (ALL) {
            throw new AssertionFailedError(why + ", and OSPREY_REQUIRE_ALL is set");
        }
        System.out.println("Skipped: " + why);
        return new TestAbortedException(why);
    }

    private static Stream<Path> places(String candidate) {
        if (candidate.contains("/") || candidate.contains("\\")) {
            return Stream.of(Path.of(candidate));
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> Stream.of(Path.of(folder, candidate), Path.of(folder, candidate + ".exe")));
    }
}
