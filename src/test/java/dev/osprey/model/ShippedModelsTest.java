package dev.osprey.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The repository as it is shipped. */
class ShippedModelsTest {

    private final Catalogue catalogue = Catalogue.read(TestRepository.SHIPPED);

    @Test
    void hasAModelForEveryModeAndPerson() {
        OspreyConfig.Segmentation modes = TestConfig.with().segmentation();
        assertEquals(
                Set.of(modes.fastModel(), modes.balancedModel(), modes.accurateModel(), modes.sotaModel(), "person"),
                Set.copyOf(catalogue.names(ModelKind.SEGMENTATION)));
    }

    @Test
    void hasTheFilesItsManifestsWereWrittenFor() {
        for (String name : catalogue.names()) {
            ModelManifest manifest = catalogue.manifest(name);
            assertFalse(catalogue.versions(name).isEmpty(), name);
            manifest.sha256().keySet().forEach(version -> catalogue.verifiedFile(name, version));
        }
    }

    @Test
    void saysOfEveryModelWhatItIsAndOnWhatTerms() throws IOException {
        for (String name : catalogue.names()) {
            for (String file : new String[] {"LICENSE", "MODEL_CARD.md"}) {
                Path path = TestRepository.SHIPPED.resolve(name).resolve(file);
                assertTrue(Files.size(path) > 500, path::toString);
            }
        }
    }
}
