package dev.osprey;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The HTTP resources, all below {@code /api}. */
@ApplicationPath("api")
public class OspreyApplication extends Application {}
