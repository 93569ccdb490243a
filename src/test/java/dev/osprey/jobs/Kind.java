package dev.osprey.jobs;

import java.nio.file.Path;
import java.util.List;

/** A kind of job made of a lambda. */
record Kind(String name, int concurrency, List<String> inputs, Work work) implements JobKind {

    interface Work {
        String run(JobRun run) throws Exception;
    }

    Kind(String name, int concurrency, Work work) {
        this(name, concurrency, List.of(), work);
    }

    @Override
    public List<String> inputs(Path folder) {
        return inputs;
    }

    @Override
    public String run(JobRun run) throws Exception {
        return work.run(run);
    }
}
