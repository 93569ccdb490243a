package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import dev.osprey.database.Tables;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables of keys, operators and what they did; opened by whoever needs them first, as most installations on one machine never do. */
@Singleton
public final class AccessTables {

    private final OspreyConfig.Jobs config;
    private @Nullable Tables tables;

    @Inject
    AccessTables(OspreyConfig config) {
        this.config = config.jobs();
    }

    <T> T read(Function<EntityManager, T> work) {
        return open().read(work);
    }

    <T> T write(Function<EntityManager, T> work) {
        return open().write(work);
    }

    private synchronized Tables open() {
        Tables opened = tables;
        if (opened == null) {
            opened = Tables.open(config, "keys");
            tables = opened;
        }
        return opened;
    }

    @PreDestroy
    synchronized void close() {
        if (tables != null) {
            tables.close();
            tables = null;
        }
    }
}
