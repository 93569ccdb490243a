package dev.osprey.studio;

import dev.osprey.access.BodyLimit;
import dev.osprey.config.Settings;
import jakarta.inject.Inject;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The limits of the studio's uploads, before anything of them is kept. */
@Provider
@StudioUploads.Limited
public class StudioUploads extends BodyLimit {

    /** Binds the limits to a resource. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.TYPE})
    @interface Limited {}

    @Inject
    public StudioUploads(Settings settings) {
        super(
                () -> settings.current().studio().maxUploadMib(),
                settings.initial().studio().maxUploads());
    }

    @Override
    protected String tooLarge(int limitMib) {
        return "File too large (max %dMB)".formatted(limitMib);
    }
}
