package dev.osprey.runtime;

import dev.osprey.config.OspreyConfig;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/**
 * Owns the models from the application's start, which is over when all are warm, to its end.
 *
 * <p>It hands out {@link WarmModels} itself rather than standing in front of it: a call through the container's proxy
 * costs more than a lease.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class ModelLifecycle {

    private final @Nullable OspreyConfig config;
    private @Nullable WarmModels models;

    /** For the container's proxy. */
    protected ModelLifecycle() {
        this.config = null;
    }

    @Inject
    public ModelLifecycle(OspreyConfig config) {
        this.config = config;
    }

    @PostConstruct
    void start() {
        if (config != null) {
            WarmModels opened = WarmModels.open(config);
            try {
                opened.loadAll();
            } catch (RuntimeException e) {
                // After a start that failed nobody calls stop.
                opened.close();
                throw e;
            }
            models = opened;
        }
    }

    @Produces
    @jakarta.inject.Singleton
    public WarmModels models() {
        if (models == null) {
            throw new IllegalStateException("The models are handed out after the start");
        }
        return models;
    }

    @PreDestroy
    void stop() {
        if (models != null) {
            models.close();
        }
    }
}
