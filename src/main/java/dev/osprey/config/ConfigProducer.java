package dev.osprey.config;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Reads the settings and hands them to whoever needs a section of them; those that may change it looks at again every two seconds. */
@ApplicationScoped
class ConfigProducer {

    private static final int SECONDS = 2;

    @Resource
    private @Nullable ManagedScheduledExecutorService clock;

    private @Nullable ScheduledFuture<?> looks;

    @Produces
    @Singleton
    Settings settings() {
        if (clock == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Settings settings = new Settings(new PlatformSources(ConfigProvider.getConfig()), Defaults.read());
        looks = clock.scheduleWithFixedDelay(settings::refresh, SECONDS, SECONDS, TimeUnit.SECONDS);
        return settings;
    }

    /** For those who need nothing that may change. */
    @Produces
    @Singleton
    OspreyConfig config(Settings settings) {
        return settings.initial();
    }

    @Produces
    @Singleton
    Telemetry telemetry() {
        return new Telemetry(!ConfigProvider.getConfig()
                .getOptionalValue("otel.sdk.disabled", Boolean.class)
                .orElse(true));
    }

    void stop(@Disposes Settings settings) {
        if (looks != null) {
            // The executor is the server's and would keep this application after its end.
            looks.cancel(false);
        }
    }
}
