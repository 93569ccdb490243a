package dev.osprey.jobs;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** In one process: an H2 in a file is one server's alone. */
class ManyNodesOnH2Test extends ManyNodes {

    ManyNodesOnH2Test(@TempDir Path folder) {
        super(folder, Bench.inMemory());
    }
}
