package dev.osprey.jobs;

import dev.osprey.fault.OspreyException;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Starts the jobs with the application; whoever drains the server ends them. */
@WebListener
public class JobsLifecycle implements ServletContextListener {

    private static final Logger LOG = System.getLogger(JobsLifecycle.class.getName());

    private final Provider<Jobs> jobs;
    private final Instance<JobKind> kinds;

    @Inject
    JobsLifecycle(Provider<Jobs> jobs, Instance<JobKind> kinds) {
        this.jobs = jobs;
        this.kinds = kinds;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            jobs.get().start(() -> kinds.stream().toList());
        } catch (OspreyException e) {
            // Settings that do not hold together: said once, by whoever serves requests.
            LOG.log(Level.DEBUG, "No jobs: {0}", e.reason());
        }
    }
}
