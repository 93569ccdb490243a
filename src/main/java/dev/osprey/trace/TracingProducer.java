package dev.osprey.trace;

import dev.osprey.config.Telemetry;
import dev.osprey.config.Version;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Traces by the platform's OpenTelemetry, which samples and exports them as its own settings say. */
@ApplicationScoped
class TracingProducer {

    /** Switched off, the platform's would record spans all the same, and tell nobody of them. */
    @Produces
    @Singleton
    Tracing tracing(Telemetry telemetry, Instance<OpenTelemetry> platform) {
        return telemetry.on()
                ? new Tracing(tracer(platform.get()), System::nanoTime, InstantSource.system())
                : Tracing.OFF;
    }

    private static Tracer tracer(OpenTelemetry platform) {
        return platform.getTracerProvider()
                .tracerBuilder(Tracing.SCOPE)
                .setInstrumentationVersion(Version.NUMBER)
                .build();
    }
}
