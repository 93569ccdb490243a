package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ModelsResourceTest {

    @Test
    void isSwitchedOffUnlessAnOperatorSaysOtherwise() throws IOException {
        Properties defaults = new Properties();
        try (InputStream file = Objects.requireNonNull(
                ModelsResource.class.getResourceAsStream("/META-INF/microprofile-config.properties"))) {
            defaults.load(file);
        }
        assertEquals("false", defaults.getProperty("osprey.admin.enabled"));
    }
}
