package dev.osprey.operation;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done before the server begins to stop, while it still serves requests: afterwards Payara answers nothing for the
 * application, not even that it is not ready. It announces its stop to its own parts, {@code PREPARE_SHUTDOWN}, and waits for each;
 * they are reached by name, because a web application has no other way to hear of it and the names are no API. Where they are not
 * there the application drains when it is undeployed.
 */
final class ServerStop {

    private static final Logger LOG = System.getLogger(ServerStop.class.getName());

    private static final String PREPARE = "prepare_shutdown";

    static final ServerStop NONE = new ServerStop(() -> {});

    private final Runnable forgetting;

    private ServerStop(Runnable forgetting) {
        this.forgetting = forgetting;
    }

    /** Has a task done on the thread that stops the server. */
    static ServerStop before(Runnable task) {
        ClassLoader application = ServerStop.class.getClassLoader();
        try {
            Class<?> events = application.loadClass("org.glassfish.api.event.Events");
            Class<?> listening = application.loadClass("org.glassfish.api.event.EventListener");
            Class<?> event = application.loadClass("org.glassfish.api.event.EventListener$Event");
            Object registry = application
                    .loadClass("org.glassfish.internal.api.Globals")
                    .getMethod("get", Class.class)
                    .invoke(null, events);
            if (registry == null) {
                return NONE;
            }
            Method name = event.getMethod("name");
            InvocationHandler told =
                    (proxy, method, arguments) -> told(proxy, method, arguments, name, application, task);
            Object listener = Proxy.newProxyInstance(application, new Class<?>[] {listening}, told);
            events.getMethod("register", listening).invoke(registry, listener);
            return new ServerStop(() -> unregister(events, listening, registry, listener));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "The server does not say when it stops", e);
            return NONE;
        }
    }

    private static @Nullable Object told(
            Object proxy,
            Method method,
            Object @Nullable [] arguments,
            Method name,
            ClassLoader application,
            Runnable task)
            throws ReflectiveOperationException {
        if (arguments == null) {
            return method.getName().equals("hashCode") ? System.identityHashCode(proxy) : "Osprey";
        } else if (method.getName().equals("equals")) {
            return proxy == arguments[0];
        } else if (PREPARE.equals(name.invoke(arguments[0]))) {
            inside(application, task);
        }
        return null;
    }

    /** With the application's classes, as the thread is the server's. */
    private static void inside(ClassLoader application, Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(application);
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The server stops without having drained", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void unregister(Class<?> events, Class<?> listening, Object registry, Object listener) {
        try {
            events.getMethod("unregister", listening).invoke(registry, listener);
        } catch (ReflectiveOperationException e) {
            LOG.log(Level.DEBUG, "The server may say when it stops", e);
        }
    }

    /** No longer: the application ends before the server does. */
    void forget() {
        forgetting.run();
    }
}
