package dev.osprey.jobs;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.CompletionCallback;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Files that clients are reading: as many as may at a time, each on a thread of the jobs'. Any thread. */
@Singleton
public class Downloads {

    private final Jobs jobs;
    private final Semaphore places;
    private final int most;

    @Inject
    public Downloads(Jobs jobs, OspreyConfig config) {
        this.jobs = jobs;
        this.most = config.jobs().maxDownloads();
        this.places = new Semaphore(most);
    }

    /**
     * Answers with what is made, and written, on another thread: a client that reads slowly would keep one of the few that all
     * requests share.
     *
     * @throws OspreyException {@link ErrorCode#CAPACITY_EXHAUSTED}
     */
    public void answer(AsyncResponse response, Callable<Response> answer) {
        if (!places.tryAcquire()) {
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED,
                    "%d files are being downloaded already, which is as many as may".formatted(most));
        }
        response.register((CompletionCallback) failure -> places.release());
        jobs.threads().execute(() -> {
            try {
                response.resume(answer.call());
            } catch (Exception | Error e) {
                // An Error as well, for want of memory: the client and the place would wait for ever.
                response.resume(e);
            }
        });
    }
}
