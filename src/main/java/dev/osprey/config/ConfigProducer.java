package dev.osprey.config;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/** Reads the settings once and hands them to whoever needs a section of them. */
@Dependent
class ConfigProducer {

    @Produces
    @Singleton
    OspreyConfig config() {
        Config source = ConfigProvider.getConfig();
        return ConfigReader.read(key -> source.getOptionalValue(key, String.class), source.getPropertyNames());
    }
}
