package dev.osprey.referee;

import dev.osprey.inference.Turns;
import dev.osprey.model.ModelKind;
import dev.osprey.pose.PoseNetworks;

/**
 * The networks as they are served. For one analysis; one thread.
 *
 * @param detector names the model, as {@code pose}
 */
record ScheduledNetworks(Turns turns, String detector, String pose) implements PoseNetworks {

    @Override
    public ModelKind detectorKind() {
        return turns.manifest(detector).kind();
    }

    @Override
    public ModelKind poseKind() {
        return turns.manifest(pose).kind();
    }

    @Override
    public <T> T onDetector(Run<T> run) {
        return turns.on(detector, run::on);
    }

    @Override
    public <T> T onPose(Run<T> run) {
        return turns.on(pose, run::on);
    }
}
