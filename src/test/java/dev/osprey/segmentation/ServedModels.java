package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelManifest;
import java.nio.file.Path;

/** What the tested server serves in which mode, by its repository and its settings. */
final class ServedModels {

    private static final Catalogue REPOSITORY = Catalogue.read(Path.of(System.getProperty("osprey.test.models")));
    private static final OspreyConfig.Segmentation SETTINGS = TestConfig.with().segmentation();

    private ServedModels() {}

    static ModelManifest in(String mode) {
        return REPOSITORY.manifest(Mode.ofWireName(mode).orElseThrow().model(SETTINGS));
    }

    /** Of the mode in which a connection begins. */
    static ModelManifest first() {
        return in(SETTINGS.defaultMode());
    }

    /** How many there are, whether a mode is served by them or not. */
    static int count() {
        return REPOSITORY.names().size();
    }

    /** The colours of a model's classes as {@link Pictures#share} takes them. */
    static int[][] colours(ModelManifest model) {
        return model.palette().rgb().toArray(int[][]::new);
    }
}
