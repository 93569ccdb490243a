package dev.osprey.database;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.util.function.Function;

/**
 * The tables of one part of Osprey, each use of them a transaction. Any thread, any number of servers.
 *
 * <p>Every use fails with {@link ErrorCode#STORE_UNAVAILABLE} where the database does not answer.
 */
public final class Tables implements AutoCloseable {

    private final EntityManagerFactory database;

    private Tables(EntityManagerFactory database) {
        this.database = database;
    }

    /**
     * Opens the database, which takes a second or, where it is far away, more.
     *
     * @param unit the persistence unit's name
     * @throws OspreyException {@link ErrorCode#STORE_UNAVAILABLE}, with a reason that is safe to show
     */
    public static Tables open(OspreyConfig.Jobs config, String unit) {
        return new Tables(Database.of(config).open(unit));
    }

    /** What the work finds; nothing it changes is kept. */
    public <T> T read(Function<EntityManager, T> work) {
        try (EntityManager manager = database.createEntityManager()) {
            return work.apply(manager);
        } catch (PersistenceException | IllegalStateException e) {
            throw unavailable(e);
        }
    }

    /** What the work returns, once all it changed is kept; where it throws, nothing is. */
    public <T> T write(Function<EntityManager, T> work) {
        try (EntityManager manager = database.createEntityManager()) {
            manager.getTransaction().begin();
            boolean done = false;
            try {
                T result = work.apply(manager);
                manager.getTransaction().commit();
                done = true;
                return result;
            } finally {
                if (!done && manager.getTransaction().isActive()) {
                    manager.getTransaction().rollback();
                }
            }
        } catch (PersistenceException | IllegalStateException e) {
            throw unavailable(e);
        }
    }

    /** Also for a store that has been closed in the meantime, which is an illegal state. */
    private static OspreyException unavailable(RuntimeException failure) {
        // What the database's driver says; around it is only what was being done at the time.
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new OspreyException(ErrorCode.STORE_UNAVAILABLE, "The job store does not answer", cause);
    }

    @Override
    public void close() {
        database.close();
    }
}
