package dev.osprey.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** WARs that the benchmark deploys beside Osprey or instead of it. */
final class WebArchive {

    private WebArchive() {}

    /** A WAR with a page and those classes in it, which may be none. */
    static Path write(Path war, Class<?>... classes) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
            zip.putNextEntry(new ZipEntry("index.html"));
            zip.write("<!doctype html><title>Benchmark</title>".getBytes(StandardCharsets.US_ASCII));
            for (Class<?> type : classes) {
                String file = type.getName().replace('.', '/') + ".class";
                zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + file));
                try (InputStream bytes = type.getClassLoader().getResourceAsStream(file)) {
                    if (bytes == null) {
                        throw new IOException(file + " is not on the class path");
                    }
                    bytes.transferTo(zip);
                }
            }
        }
        return war;
    }
}
