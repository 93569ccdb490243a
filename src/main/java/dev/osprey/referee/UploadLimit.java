package dev.osprey.referee;

import dev.osprey.access.BodyLimit;
import dev.osprey.config.OspreyConfig;
import jakarta.inject.Inject;
import jakarta.ws.rs.ext.Provider;

/** The limits of the sessions' uploads. */
@Provider
@LimitedUpload
public class UploadLimit extends BodyLimit {

    @Inject
    public UploadLimit(OspreyConfig config) {
        super(config.referee()::maxUploadMib, config.referee().maxUploads());
    }
}
