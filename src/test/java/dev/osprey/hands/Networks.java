package dev.osprey.hands;

import dev.osprey.Photograph;
import dev.osprey.config.TestConfig;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.util.List;

/** The shipped networks of hands. */
final class Networks implements AutoCloseable {

    private final WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"));
    private final Lease handLandmarks;
    private Lease palmDetection;

    Networks() {
        models.load("palm-detection");
        models.load("hand-landmarks");
        palmDetection = models.lease("palm-detection");
        handLandmarks = models.lease("hand-landmarks");
    }

    static HandTracker tracker(int maxHands) {
        return new HandTracker(new HandTracker.Settings(maxHands, 0.5f, 0.5f));
    }

    List<Hand> track(HandTracker tracker, Photograph photograph) {
        try (Picture picture = photograph.picture()) {
            return tracker.track(picture, palmDetection, handLandmarks, new Cancellation());
        }
    }

    /** The hands on one photograph by itself. */
    List<Hand> find(Photograph photograph) {
        return track(tracker(2), photograph);
    }

    /** As {@link #track}, for nobody who waits. */
    void trackCancelled(HandTracker tracker, Photograph photograph) {
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        try (Picture picture = photograph.picture()) {
            tracker.track(picture, palmDetection, handLandmarks, cancellation);
        }
    }

    /** From now on an {@link IllegalStateException} tells that the detector was run. */
    void putDetectorOutOfOrder() {
        palmDetection.close();
    }

    void repairDetector() {
        palmDetection.close();
        palmDetection = models.lease("palm-detection");
    }

    @Override
    public void close() {
        palmDetection.close();
        handLandmarks.close();
        models.close();
    }
}
