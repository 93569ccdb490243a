package dev.osprey;

import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Has Arquillian start a server for a test class: one of its own, or the one that all {@link SharesServer} have. */
final class ServerOfClasses implements BeforeAllCallback, AfterAllCallback {

    private final ArquillianExtension arquillian = new ArquillianExtension();

    /** The class that the shared server was started for. */
    private @Nullable ExtensionContext first;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (!shares(context)) {
            // Both would listen at the same port.
            endShared();
            arquillian.beforeAll(context);
        } else if (first == null) {
            arquillian.beforeAll(context);
            first = context;
            // Closed before Arquillian, which this came after.
            AutoCloseable end = this::endShared;
            context.getRoot().getStore(Namespace.create(ServerOfClasses.class)).put("server", end);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (!shares(context)) {
            arquillian.afterAll(context);
        }
    }

    private void endShared() throws Exception {
        ExtensionContext shared = first;
        first = null;
        if (shared != null) {
            arquillian.afterAll(shared);
        }
    }

    private static boolean shares(ExtensionContext context) {
        return context.getRequiredTestClass().isAnnotationPresent(SharesServer.class);
    }
}
