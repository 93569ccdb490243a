package dev.osprey.operation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.Settings;
import dev.osprey.fault.OspreyException;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Jobs;
import dev.osprey.socket.Caretaker;
import dev.osprey.trace.Tracing;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Drains before the beans are disposed of: then Payara loads no more classes of an application that has libraries, and a goodbye
 * needs some that nothing needed before. On {@code SIGTERM} before the server begins to stop, see {@link ServerStop}; on an
 * undeployment first of all that happens.
 */
@WebListener
public class Farewell implements ServletContextListener {

    private static final Logger LOG = System.getLogger(Farewell.class.getName());

    private final Provider<Settings> settings;
    private final Provider<Condition> condition;
    private final Provider<Caretaker> caretaker;
    private final Provider<Scheduler> scheduler;
    private final Provider<Jobs> jobs;
    private final Provider<Tracing> tracing;
    private ServerStop serverStop = ServerStop.NONE;
    private @Nullable Drain drain;

    @Inject
    Farewell(
            Provider<Settings> settings,
            Provider<Condition> condition,
            Provider<Caretaker> caretaker,
            Provider<Scheduler> scheduler,
            Provider<Jobs> jobs,
            Provider<Tracing> tracing) {
        this.settings = settings;
        this.condition = condition;
        this.caretaker = caretaker;
        this.scheduler = scheduler;
        this.jobs = jobs;
        this.tracing = tracing;
    }

    /** The parts, looked up while they can be. */
    private final class Parts implements Drain.Work {

        private final Caretaker connections = caretaker.get();
        private final Scheduler runs = scheduler.get();
        private final Jobs work = jobs.get();
        private final Tracing traces = tracing.get();

        @Override
        public void retire() {
            connections.retireAll();
            work.retire();
        }

        @Override
        public boolean isDone() {
            return runs.isIdle();
        }

        @Override
        public void dismiss() {
            connections.dismissAll();
        }

        @Override
        public int streams() {
            return connections.count();
        }

        @Override
        public void end(Duration patience) {
            connections.closeAll();
            work.close(patience);
        }

        @Override
        public void report(Duration patience) {
            traces.send(patience);
        }
    }

    private void drain(Drain drain) {
        OspreyConfig.Server server = settings.get().current().server();
        drain.run(server.drainDelay(), server.drainTimeout());
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            Drain drain = new Drain(condition.get(), new Parts(), System::nanoTime, Drain.sleeping());
            this.drain = drain;
            serverStop = ServerStop.before(() -> drain(drain));
        } catch (OspreyException e) {
            // Settings that do not hold together: said once, by whoever serves requests.
            LOG.log(Level.DEBUG, "Nothing to drain: {0}", e.reason());
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        serverStop.forget();
        Drain begun = drain;
        if (begun != null) {
            drain(begun);
        }
    }
}
