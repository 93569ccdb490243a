package dev.osprey.runtime;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
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
import jakarta.inject.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

    private static final Logger LOG = System.getLogger(ModelLifecycle.class.getName());

    private final @Nullable Provider<OspreyConfig> config;
    private @Nullable WarmModels models;
    private @Nullable OspreyException failure;

    /** For the container's proxy. */
    protected ModelLifecycle() {
        this.config = null;
    }

    @Inject
    public ModelLifecycle(Provider<OspreyConfig> config) {
        this.config = config;
    }

    /** What fails here is told to whoever asks for the models: thrown now, it would drown in the container's stack traces. */
    @PostConstruct
    void start() {
        if (config == null) {
            return;
        }
        try {
            WarmModels opened = WarmModels.open(config.get());
            models = opened;
            opened.loadAll();
        } catch (OspreyException e) {
            failure = e;
            stop();
        } catch (RuntimeException | Error e) {
            // An Error as well: a native library that is missing is one.
            LOG.log(Level.ERROR, "The models could not be loaded", e);
            failure =
                    new OspreyException(ErrorCode.MODEL_FAILED, "The models could not be loaded, the log says why", e);
            stop();
        }
    }

    /**
     * The models, all of them warm.
     *
     * @throws OspreyException why the start failed
     */
    @Produces
    @jakarta.inject.Singleton
    public WarmModels models() {
        if (failure != null) {
            throw failure;
        }
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
