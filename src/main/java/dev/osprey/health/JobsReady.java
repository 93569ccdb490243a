package dev.osprey.health;

import dev.osprey.jobs.Jobs;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready as long as the job store answers; streams are served also where it does not. */
@Readiness
@Dependent
public class JobsReady implements HealthCheck {

    private final Provider<Jobs> jobs;

    @Inject
    JobsReady(Provider<Jobs> jobs) {
        this.jobs = jobs;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> obstacle = jobs.get().obstacle();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("jobs");
        obstacle.ifPresent(reason -> response.withData("reason", reason));
        return response.status(obstacle.isEmpty()).build();
    }
}
