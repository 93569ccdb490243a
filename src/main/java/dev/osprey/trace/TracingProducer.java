package dev.osprey.trace;

import dev.osprey.config.Telemetry;
import dev.osprey.config.Version;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Traces by the platform's OpenTelemetry, which samples and exports them as its own settings say. */
@ApplicationScoped
class TracingProducer {

    private static final Logger LOG = System.getLogger(TracingProducer.class.getName());

    /** Switched off, the platform's would record spans all the same, and tell nobody of them. */
    @Produces
    @Singleton
    Tracing tracing(Telemetry telemetry, Instance<OpenTelemetry> platform, BeanManager beans) {
        if (!telemetry.on()) {
            return Tracing.OFF;
        }
        Tracer tracer = tracer(platform.get());
        return new Tracing(tracer, System::nanoTime, InstantSource.system(), sender(platform, beans));
    }

    private static Tracer tracer(OpenTelemetry platform) {
        return platform.getTracerProvider()
                .tracerBuilder(Tracing.SCOPE)
                .setInstrumentationVersion(Version.NUMBER)
                .build();
    }

    /** What is injected is a proxy of the interface; only what is behind it can be asked to send. */
    private static Consumer<Duration> sender(Instance<OpenTelemetry> platform, BeanManager beans) {
        Bean<OpenTelemetry> bean = platform.getHandle().getBean();
        if (beans.getContext(bean.getScope()).get(bean) instanceof OpenTelemetrySdk sdk) {
            return patience -> sdk.getSdkTracerProvider().forceFlush().join(patience.toMillis(), TimeUnit.MILLISECONDS);
        }
        LOG.log(Level.WARNING, "The last traces before the server stops may be lost: its OpenTelemetry is another one");
        return patience -> {};
    }
}
