package dev.osprey.operation;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done before the server begins to stop, while it still serves requests and everything is there to do it with.
 *
 * <p>{@code SIGTERM} and {@code SIGINT} are taken before the virtual machine takes them: its shutdown hooks run side by side, and among
 * the first that are over are ONNX Runtime's, which closes the environment under running models, and the log's. Where the server is
 * stopped from within, as by {@code asadmin stop-domain}, Payara announces it to its own parts, {@code PREPARE_SHUTDOWN}, and waits
 * for each. Signals and announcement are reached by name: the first are no part of Java SE, the second is no API. Where they are not
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
        ServerStop signals = beforeSignals(task);
        ServerStop announcement = beforeAnnouncement(task);
        return new ServerStop(() -> {
            signals.forget();
            announcement.forget();
        });
    }

    private static ServerStop beforeSignals(Runnable task) {
        ClassLoader application = ServerStop.class.getClassLoader();
        List<Runnable> restoring = new ArrayList<>();
        for (String name : List.of("TERM", "INT")) {
            try {
                Class<?> type = Class.forName("sun.misc.Signal");
                Class<?> handling = Class.forName("sun.misc.SignalHandler");
                Object signal = type.getConstructor(String.class).newInstance(name);
                Method handle = type.getMethod("handle", type, handling);
                Method next = handling.getMethod("handle", type);
                AtomicReference<@Nullable Object> before = new AtomicReference<>();
                Object handler =
                        Proxy.newProxyInstance(application, new Class<?>[] {handling}, (proxy, method, arguments) -> {
                            if (!method.equals(next)) {
                                return answered(proxy, method, arguments);
                            }
                            inside(application, task);
                            next.invoke(before.get(), arguments);
                            return null;
                        });
                Object old = handle.invoke(null, signal, handler);
                before.set(old);
                if (handling.getField("SIG_IGN").get(null).equals(old)) {
                    // As a shell asks for its background processes.
                    handle.invoke(null, signal, old);
                } else {
                    restoring.add(() -> restore(handle, signal, old));
                }
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.log(Level.DEBUG, "The signal " + name + " ends the server without a drain before", e);
            }
        }
        return new ServerStop(() -> restoring.forEach(Runnable::run));
    }

    private static void restore(Method handle, Object signal, Object old) {
        try {
            handle.invoke(null, signal, old);
        } catch (ReflectiveOperationException e) {
            LOG.log(Level.DEBUG, "A signal stays the application's", e);
        }
    }

    /** What every object has to answer. */
    private static @Nullable Object answered(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "toString" -> "Osprey";
            default -> null;
        };
    }

    private static ServerStop beforeAnnouncement(Runnable task) {
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
        if (method.getDeclaringClass() == Object.class || arguments == null) {
            return answered(proxy, method, arguments);
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
