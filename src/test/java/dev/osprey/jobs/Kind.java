package dev.osprey.jobs;

/** A kind of job made of a lambda. */
record Kind(String name, int concurrency, Work work) implements JobKind {

    interface Work {
        String run(JobRun run) throws Exception;
    }

    @Override
    public String run(JobRun run) throws Exception {
        return work.run(run);
    }
}
