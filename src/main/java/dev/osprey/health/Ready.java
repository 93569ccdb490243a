package dev.osprey.health;

import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.ModelStatus.State;
import dev.osprey.runtime.WarmModels;
import dev.osprey.segmentation.Rehearsal;
import dev.osprey.segmentation.Segmentation;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once all models are warm and the server has streamed to itself in every mode; after that, as long as the default
 * mode's model is loaded: the others come back for whoever changes to their mode. The platform makes its checks before the
 * models are loaded, so what they look at is looked up late.
 */
@Readiness
@Dependent
public class Ready implements HealthCheck {

    private final Provider<WarmModels> models;
    private final Provider<Segmentation> segmentation;
    private final Provider<Rehearsal> rehearsal;

    @Inject
    Ready(Provider<WarmModels> models, Provider<Segmentation> segmentation, Provider<Rehearsal> rehearsal) {
        this.models = models;
        this.segmentation = segmentation;
        this.rehearsal = rehearsal;
    }

    @Override
    public HealthCheckResponse call() {
        if (!rehearsal.get().isOver()) {
            // Before that the models may not be there to be asked.
            return HealthCheckResponse.named("models")
                    .withData("rehearsed", false)
                    .down()
                    .build();
        }
        String warm = models.get().status().stream()
                .filter(status -> status.state() == State.READY)
                .map(ModelStatus::name)
                .collect(Collectors.joining(", "));
        return HealthCheckResponse.named("models")
                .withData("warm", warm)
                .withData("rehearsed", true)
                .status(segmentation.get().isReady())
                .build();
    }
}
