package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folders of the jobs, each named by its job's id. */
final class JobFolders {

    private final Path root;

    JobFolders(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** @param id made here, never a client's text */
    Path of(String id) {
        return root.resolve(id);
    }

    Path create(String id) throws IOException {
        return Files.createDirectories(of(id));
    }

    /**
     * Has files of one job's folder in another's too: as links, or as copies where there can be none.
     *
     * @throws OspreyException {@link ErrorCode#JOB_INPUT_GONE}
     */
    void share(Path from, List<String> names, Path into) throws IOException {
        for (String name : names) {
            Path file = from.resolve(name);
            try {
                try {
                    Files.createLink(into.resolve(name), file);
                } catch (UnsupportedOperationException | FileSystemException e) {
                    Files.copy(file, into.resolve(name));
                }
            } catch (NoSuchFileException e) {
                throw new OspreyException(
                        ErrorCode.JOB_INPUT_GONE, "What the job was made of is not there any more", e);
            }
        }
    }

    /** Of all files in the job's folder together. */
    long bytes(String id) {
        try (Stream<Path> files = Files.walk(of(id))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // The run may still be tidying up.
            return 0;
        }
    }

    /** Removes a job's folder with all that is in it; links are not followed. */
    void delete(String id) throws IOException {
        try {
            Files.walkFileTree(of(id), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // As it should be.
        }
    }

    /** Ids that have a folder which nobody has changed since then. */
    List<String> untouchedSince(Instant then) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> isId(folder.getFileName().toString()))
                    .filter(folder -> folder.toFile().lastModified() < then.toEpochMilli())
                    .map(folder -> folder.getFileName().toString())
                    .toList();
        }
    }

    private static boolean isId(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
