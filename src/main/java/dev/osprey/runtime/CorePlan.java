package dev.osprey.runtime;

import dev.osprey.config.OspreyConfig;

/**
 * How model calls share the processors.
 *
 * @param runs model calls at the same time
 * @param threads of the pool that all calls share: every call works on the thread that makes it, helped by
 *     {@code threads − 1} others
 */
record CorePlan(int runs, int threads) {

    /**
     * What the settings say and, where they leave it open, as many runs as the square root of the processors: one stream
     * alone still gets most of them, and many streams are not held up by the parts of a network that one thread does.
     */
    static CorePlan of(OspreyConfig.Runtime settings, int processors) {
        int runs = settings.concurrentRuns() > 0 ? settings.concurrentRuns() : (int) Math.ceil(Math.sqrt(processors));
        int threads = settings.intraOpThreads() > 0 ? settings.intraOpThreads() : Math.max(1, processors - runs + 1);
        return new CorePlan(runs, threads);
    }
}
