package dev.osprey.pose;

import dev.osprey.Photograph;
import dev.osprey.config.TestConfig;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.util.List;

/** The shipped networks of the body. */
final class Networks implements AutoCloseable {

    private final WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"));
    private final Lease pose;
    private Lease detector;

    Networks() {
        models.load("person-detection");
        models.load("pose-landmarks");
        detector = models.lease("person-detection");
        pose = models.lease("pose-landmarks");
    }

    /** Everybody, the most certain detection first. */
    List<Person> find(Photograph photograph) {
        try (Picture picture = photograph.picture()) {
            return People.find(picture, PoseNetworks.of(detector, pose, new Cancellation()));
        }
    }

    /** As MediaPipe looks: the detector sees the whole picture and nothing else. */
    List<Person> findOnWhole(Photograph photograph) {
        try (Picture picture = photograph.picture()) {
            Crop whole = Crop.letterbox(picture.width(), picture.height());
            return new People(picture, PoseNetworks.of(detector, pose, new Cancellation()))
                    .within(List.of(whole)).stream().map(Seen::person).toList();
        }
    }

    Fencers track(FencerTracker tracker, Photograph photograph) {
        return track(tracker, photograph, new Cancellation());
    }

    /** As {@link #track}, for nobody who waits. */
    Fencers track(FencerTracker tracker, Photograph photograph, Cancellation cancellation) {
        try (Picture picture = photograph.picture()) {
            return track(tracker, picture, cancellation);
        }
    }

    Fencers track(FencerTracker tracker, Picture picture, Cancellation cancellation) {
        return tracker.track(picture, PoseNetworks.of(detector, pose, cancellation));
    }

    /** From now on an {@link IllegalStateException} tells that the detector was run. */
    void putDetectorOutOfOrder() {
        detector.close();
    }

    void repairDetector() {
        detector.close();
        detector = models.lease("person-detection");
    }

    @Override
    public void close() {
        detector.close();
        pose.close();
        models.close();
    }
}
