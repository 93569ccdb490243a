package dev.osprey.pose;

import dev.osprey.Requires;
import dev.osprey.config.TestConfig;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The shipped networks of the body, and photographs with people. */
final class Networks implements AutoCloseable {

    private static final Path SHARED = Path.of("../shared/data/images");

    private final WarmModels models = WarmModels.open(TestConfig.with("runtime.provider", "cpu"));
    private final Lease pose;
    private Lease detector;

    Networks() {
        models.load("person-detection");
        models.load("pose-landmarks");
        detector = models.lease("person-detection");
        pose = models.lease("pose-landmarks");
    }

    /** Ends the test where it is absent. The caller's to close. */
    static Picture photograph(String name) {
        Path file = Requires.existing("the photograph", SHARED.resolve(name));
        try {
            return Picture.decode(ByteBuffer.wrap(Files.readAllBytes(file)), new ImageLimits(1 << 22, 2_000, 2_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Person> find(Picture picture) {
        return People.find(picture, detector, pose, new Cancellation());
    }

    People people(Picture picture) {
        return new People(picture, detector, pose, new Cancellation());
    }

    /** From now on an {@link IllegalStateException} tells that the detector was run. */
    void putDetectorOutOfOrder() {
        detector.close();
    }

    void repairDetector() {
        detector.close();
        detector = models.lease("person-detection");
    }

    Lease detector() {
        return detector;
    }

    Lease pose() {
        return pose;
    }

    @Override
    public void close() {
        detector.close();
        pose.close();
        models.close();
    }
}
