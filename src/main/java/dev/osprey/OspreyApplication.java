package dev.osprey;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The HTTP resources, all below {@code /api}. */
@ApplicationPath("api")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Osprey",
                        version = "1",
                        description = "Live vision: jobs, the studio, the referee, and operating it"),
        security = @SecurityRequirement(name = OspreyApplication.CREDENTIAL))
@SecurityScheme(
        securitySchemeName = OspreyApplication.CREDENTIAL,
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "A key or a token, where the server asks who calls")
public class OspreyApplication extends Application {

    static final String CREDENTIAL = "credential";

    /** Without what the container would tell of them to whoever sends OPTIONS: a document that names it and its version. */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jersey.config.server.wadl.disableWadl", true);
    }
}
