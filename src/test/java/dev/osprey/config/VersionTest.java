package dev.osprey.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class VersionTest {

    private static String of(String file) throws IOException {
        Properties built = new Properties();
        built.load(new StringReader(file));
        return Version.of(built);
    }

    @Test
    void hasTheCommitWhereThereIsOne() throws IOException {
        assertEquals("1.0 (1a2b3c4)", of("version=1.0\ncommit=1a2b3c4"));
        assertEquals("1.0", of("version=1.0\ncommit=@git.commit.id.abbrev@"));
        assertEquals("1.0", of("version=1.0\ncommit="));
    }

    @Test
    void isWhatMavenHasBuilt() {
        assertTrue(Version.TEXT.matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?( \\([0-9a-f]{7,}\\))?"), Version.TEXT);
    }
}
