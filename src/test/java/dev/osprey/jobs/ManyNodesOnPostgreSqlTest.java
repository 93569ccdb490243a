package dev.osprey.jobs;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** As installations with several servers have it. */
class ManyNodesOnPostgreSqlTest extends ManyNodes {

    private static @Nullable PostgreSql database;

    ManyNodesOnPostgreSqlTest(@TempDir Path folder) {
        super(folder, url());
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        database = PostgreSql.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (database != null) {
            database.close();
        }
    }

    private static String url() {
        if (database == null) {
            throw new IllegalStateException("There is no database");
        }
        return database.url();
    }
}
