package dev.osprey.health;

import dev.osprey.operation.Condition;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Startup;

/** Started once the models were warmed and the server has streamed to itself; from then on a probe may ask whether it is ready. */
@Startup
@Dependent
public class Started implements HealthCheck {

    private final Provider<Condition> condition;

    @Inject
    Started(Provider<Condition> condition) {
        this.condition = condition;
    }

    @Override
    public HealthCheckResponse call() {
        boolean started = condition.get().hasStarted();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("start");
        if (!started) {
            response.withData("reason", "The server has not streamed to itself yet");
        }
        return response.status(started).build();
    }
}
