package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFolderTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path above;

    @Test
    void isNobodyElsesUntilItIsLetGo() {
        try (OwnFolder first = OwnFolder.of(above, "sessions");
                OwnFolder second = OwnFolder.of(above, "sessions")) {
            assertEquals(above.resolve("sessions"), first.path());
            assertEquals(above.resolve("sessions-2"), second.path());
        }
        try (OwnFolder next = OwnFolder.of(above, "sessions")) {
            assertEquals(above.resolve("sessions"), next.path());
        }
    }

    @Test
    void isTheFirstWhereNothingCanBeLocked() throws Exception {
        Path file = Files.createFile(above.resolve("file"));
        try (OwnFolder folder = OwnFolder.of(file, "sessions")) {
            assertEquals(file.resolve("sessions"), folder.path());
        }
    }
}
