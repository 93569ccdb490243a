package dev.osprey.inference;

import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import java.time.Duration;
import java.util.List;

/** Tasks that do themselves, one at a time. */
public record TaskWork(String model) implements Work<TaskWork.Task> {

    /** Exactly one of the two is called, once. */
    public interface Task {

        void run();

        void refuse(OspreyException why);
    }

    /** Every model by itself, and endless patience. */
    public static final Capacity ONE_RUN_PER_MODEL = new Capacity(100, 1, Duration.ofHours(1), Duration.ofHours(1));

    public static Ticket submit(Scheduler scheduler, String model, Task task) {
        return scheduler.submit(new TaskWork(model), task, Priority.REALTIME, Duration.ofHours(1));
    }

    @Override
    public ModelManifest.Batch batch() {
        return new ModelManifest.Batch(1, Duration.ZERO);
    }

    @Override
    public void run(List<Task> tasks, Cancellation cancellation) {
        tasks.forEach(Task::run);
    }

    @Override
    public void refuse(Task task, OspreyException why) {
        task.refuse(why);
    }
}
