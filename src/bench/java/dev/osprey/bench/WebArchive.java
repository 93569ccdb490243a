package dev.osprey.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** WARs that the benchmark deploys beside Osprey or instead of it. */
final class WebArchive {

    private WebArchive() {}

    /** A WAR with a page alone. */
    static Path write(Path war) throws IOException {
        return write(war, List.of(), List.of());
    }

    /** A WAR with a page, the packages of some classes, and other classes without their packages. */
    static Path write(Path war, List<Class<?>> packages, List<Class<?>> classes) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
            zip.putNextEntry(new ZipEntry("index.html"));
            zip.write("<!doctype html><title>Benchmark</title>".getBytes(StandardCharsets.US_ASCII));
            for (Class<?> type : packages) {
                add(zip, type, "*.class");
            }
            for (Class<?> type : classes) {
                add(zip, type, type.getSimpleName() + "{,$*}.class");
            }
        }
        return war;
    }

    private static void add(ZipOutputStream zip, Class<?> type, String names) throws IOException {
        Path root = Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
        Path folder = root.resolve(type.getPackageName().replace('.', '/'));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + root.relativize(file)));
                Files.copy(file, zip);
            }
        }
    }
}
