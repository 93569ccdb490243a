package dev.osprey.admin;

import dev.osprey.fault.OspreyException;
import dev.osprey.metrics.History;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Has the server looked at from its start to its end, when the consoles that are open are told to come back. */
@WebListener
public class AdminLifecycle implements ServletContextListener {

    private static final Logger LOG = System.getLogger(AdminLifecycle.class.getName());

    private final Provider<Lookout> lookout;
    private @Nullable ScheduledFuture<?> ticking;

    /** Has one thread, which others use as well: for short work only. */
    @Resource
    private @Nullable ManagedScheduledExecutorService clock;

    @Inject
    AdminLifecycle(Provider<Lookout> lookout) {
        this.lookout = lookout;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        if (clock == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        try {
            long interval = History.INTERVAL.toMillis();
            ticking = clock.scheduleAtFixedRate(lookout.get()::tick, interval, interval, TimeUnit.MILLISECONDS);
        } catch (OspreyException e) {
            // Said once, by whoever serves requests.
            LOG.log(Level.DEBUG, "Nothing to look at: {0}", e.reason());
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (ticking != null) {
            // The executor is the server's and would keep this application after its end.
            ticking.cancel(false);
            lookout.get().close();
        }
    }
}
