package dev.osprey.trace;

import dev.osprey.config.Version;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.HashMap;
import java.util.Map;

/**
 * What OpenTelemetry goes by where nobody has set anything else; the platform finds this class by its name in {@code
 * META-INF/services}. These are not in {@code microprofile-config.properties} beside the other settings, because Payara 6 does not
 * deploy an application with a key of OpenTelemetry's that is set in two places, there and as a system property, say.
 */
public final class TelemetryDefaults implements AutoConfigurationCustomizerProvider {

    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.traces.sampler", "parentbased_traceidratio",
            "otel.traces.sampler.arg", "0.01",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.exporter.otlp.endpoint", "http://127.0.0.1:4318",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    @Override
    public void customize(AutoConfigurationCustomizer sdk) {
        sdk.addPropertiesCustomizer(TelemetryDefaults::missing);
    }

    /** Those that are not set. */
    static Map<String, String> missing(ConfigProperties given) {
        Map<String, String> missing = new HashMap<>(DEFAULTS);
        missing.put("otel.resource.attributes", "service.version=" + Version.NUMBER);
        missing.keySet().removeIf(key -> given.getString(key) != null);
        return missing;
    }
}
