package dev.osprey.inference;

import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import java.time.Duration;
import java.util.List;

/** Work for the queue's decisions alone. Not a record: two kinds of work may look the same. */
final class NeverRun implements Work<String> {

    private final String model;
    private final ModelManifest.Batch batch;

    NeverRun(String model, int maxBatch, long delayMillis) {
        this.model = model;
        this.batch = new ModelManifest.Batch(maxBatch, Duration.ofMillis(delayMillis));
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public ModelManifest.Batch batch() {
        return batch;
    }

    @Override
    public void run(List<String> tasks, Cancellation cancellation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void refuse(String task, OspreyException why) {
        throw new UnsupportedOperationException();
    }
}
