package dev.osprey.health;

import dev.osprey.operation.Condition;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.ModelStatus.State;
import dev.osprey.runtime.WarmModels;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once all models are warm and the server has streamed to itself in every mode; after that, as long as the models are loaded
 * that the configuration requires: the others come back for whoever needs them. The platform makes its checks before the models are
 * loaded, so what they look at is looked up late.
 */
@Readiness
@Dependent
public class Ready implements HealthCheck {

    private final Provider<WarmModels> models;
    private final Provider<Condition> condition;

    @Inject
    Ready(Provider<WarmModels> models, Provider<Condition> condition) {
        this.models = models;
        this.condition = condition;
    }

    @Override
    public HealthCheckResponse call() {
        boolean rehearsed = condition.get().hasStarted();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("models").withData("rehearsed", rehearsed);
        if (rehearsed) {
            // Before that the models may not be there to be asked.
            response.withData(
                    "warm",
                    models.get().status().stream()
                            .filter(status -> status.state() == State.READY)
                            .map(ModelStatus::name)
                            .collect(Collectors.joining(", ")));
        }
        Optional<String> obstacle = condition.get().modelObstacle();
        obstacle.ifPresent(reason -> response.withData("reason", reason));
        return response.status(obstacle.isEmpty()).build();
    }
}
