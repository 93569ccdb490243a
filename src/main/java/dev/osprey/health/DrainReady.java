package dev.osprey.health;

import dev.osprey.operation.Condition;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready until the server stops: first of all it says that nobody else should come. */
@Readiness
@Dependent
public class DrainReady implements HealthCheck {

    private final Provider<Condition> condition;

    @Inject
    DrainReady(Provider<Condition> condition) {
        this.condition = condition;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> obstacle = condition.get().drainObstacle();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("drain");
        obstacle.ifPresent(reason -> response.withData("reason", reason));
        return response.status(obstacle.isEmpty()).build();
    }
}
