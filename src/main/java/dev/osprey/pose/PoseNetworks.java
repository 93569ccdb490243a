package dev.osprey.pose;

import dev.osprey.model.ModelKind;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;

/**
 * The networks by which people are found: one that says where somebody could be, and one that places the points of a body; or one
 * for both. Each run may wait for its turn, so that others' come in between.
 */
public interface PoseNetworks {

    /** One run, and what comes right before and after it. */
    @FunctionalInterface
    interface Run<T> {
        T on(Lease lease, Cancellation cancellation);
    }

    /** {@link ModelKind#PERSON_DETECTION} or {@link ModelKind#YOLO_POSE}; does not count where {@link #poseKind} is the latter. */
    ModelKind detectorKind();

    /** {@link ModelKind#POSE_LANDMARKS}, {@link ModelKind#RTMPOSE} or {@link ModelKind#YOLO_POSE}, which does it all. */
    ModelKind poseKind();

    /** Has the first network run, once; returns when it has. */
    <T> T onDetector(Run<T> run);

    /** As {@link #onDetector}, on the network of points. */
    <T> T onPose(Run<T> run);

    /** For whoever has the networks already: every turn comes at once. */
    static PoseNetworks of(Lease detector, Lease pose, Cancellation cancellation) {
        return new PoseNetworks() {
            @Override
            public ModelKind detectorKind() {
                return detector.manifest().kind();
            }

            @Override
            public ModelKind poseKind() {
                return pose.manifest().kind();
            }

            @Override
            public <T> T onDetector(Run<T> run) {
                return run.on(detector, cancellation);
            }

            @Override
            public <T> T onPose(Run<T> run) {
                return run.on(pose, cancellation);
            }
        };
    }
}
