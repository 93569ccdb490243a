package dev.osprey.health;

import dev.osprey.inference.Scheduler;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Live as long as the application answers; says how much work waits. Looks the scheduler up late, as {@link Ready} does. */
@Liveness
@Dependent
public class Live implements HealthCheck {

    private final Provider<Scheduler> scheduler;

    @Inject
    Live(Provider<Scheduler> scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("osprey")
                .withData("tasks_waiting", scheduler.get().waiting())
                .up()
                .build();
    }
}
