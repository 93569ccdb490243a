package dev.osprey.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** WARs that the benchmark deploys beside Osprey or instead of it. */
final class WebArchive {

    private WebArchive() {}

    /** A WAR with a page and the packages, which may be none, of those classes. */
    static Path write(Path war, Class<?>... classes) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
            zip.putNextEntry(new ZipEntry("index.html"));
            zip.write("<!doctype html><title>Benchmark</title>".getBytes(StandardCharsets.US_ASCII));
            for (Class<?> type : classes) {
                Path root = Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()));
                Path folder = root.resolve(type.getPackageName().replace('.', '/'));
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
                    for (Path file : files) {
                        zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + root.relativize(file)));
                        Files.copy(file, zip);
                    }
                }
            }
        }
        return war;
    }
}
