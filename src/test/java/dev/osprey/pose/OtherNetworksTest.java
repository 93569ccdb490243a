package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelKind;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that take the shipped ones' place, with some that say the same of every picture. */
class OtherNetworksTest {

    private static final int PLACES = 20;

    /** Of a person who stands upright: x and y of 17 points in parts of the person's box. */
    private static final float[][] UPRIGHT = {
        {0.5f, 0.05f}, {0.55f, 0.03f}, {0.45f, 0.03f}, {0.6f, 0.05f}, {0.4f, 0.05f}, {0.8f, 0.2f}, {0.2f, 0.2f},
        {0.9f, 0.35f}, {0.1f, 0.35f}, {0.95f, 0.5f}, {0.05f, 0.5f}, {0.7f, 0.5f}, {0.3f, 0.5f}, {0.7f, 0.75f},
        {0.3f, 0.75f}, {0.75f, 1}, {0.25f, 1},
    };

    private final TestRepository repository;

    OtherNetworksTest(@TempDir Path folder) {
        repository = new TestRepository(folder);
    }

    @Test
    void followsFencersWithOneNetworkThatDoesItAll() {
        float[] yolo = new float[56 * PLACES];
        say(yolo, 3, 0.9f, 200, 300, 80, 160);
        say(yolo, 4, 0.8f, 202, 300, 80, 160);
        say(yolo, 9, 0.7f, 440, 300, 80, 160);
        repository.addPeople(ModelKind.YOLO_POSE, 640, yolo, 56, PLACES);
        try (WarmModels models = open("yolo-pose");
                Lease lease = models.lease("yolo-pose");
                Picture picture = Picture.ofRgb(1280, 720, new byte[3 * 1280 * 720])) {
            FencerTracker tracker = new FencerTracker();
            for (int i = 0; i < 3; i++) {
                Fencers fencers = tracker.track(picture, PoseNetworks.of(lease, lease, new Cancellation()));
                assertEquals(400, fencers.left().orElseThrow().box().centreX());
                assertEquals(880, fencers.right().orElseThrow().box().centreX());
            }
            assertEquals(
                    2,
                    People.find(picture, PoseNetworks.of(lease, lease, new Cancellation()))
                            .size());
        }
    }

    @Test
    void looksCloselyWithAnotherNetworkAtWhomTheDetectorFinds() {
        float[] detections = new float[2_254 * 13];
        Arrays.fill(detections, -100);
        // In the first cell of 8 pixels: hips at 112, 112, the circle's upper end at 112, 62.
        float[] person = {100, 60, 20, 20, 108, 108, 108, 58, 0, 0, 0, 0, 5};
        System.arraycopy(person, 0, detections, 0, 13);
        repository.addPeople(ModelKind.PERSON_DETECTION, 224, detections, 2_254, 13);
        int bins = 2 * (192 + 192);
        float[] simcc = new float[17 * bins];
        for (int point = 0; point < 17; point++) {
            simcc[point * bins + 2 * (64 + Math.round(64 * UPRIGHT[point][0]))] = 0.8f;
            simcc[point * bins + 384 + 2 * (32 + Math.round(128 * UPRIGHT[point][1]))] = 0.9f;
        }
        repository.addPeople(ModelKind.RTMPOSE, 192, simcc, 17, bins);
        try (WarmModels models = open("person-detection", "rtmpose");
                Lease detector = models.lease("person-detection");
                Lease pose = models.lease("rtmpose");
                Picture picture = Picture.ofRgb(224, 224, new byte[3 * 224 * 224])) {
            List<Person> people = People.find(picture, PoseNetworks.of(detector, pose, new Cancellation()));
            // The whole picture and its quarters, which overlap: in each somebody is at the same place.
            Person found = people.stream()
                    .filter(other -> Math.abs(other.y(0) - (112 - 62.5 + 125 * (32 + 6) / 192.0)) < 1)
                    .findFirst()
                    .orElseThrow();
            assertEquals(112 - 62.5 + 125 * (64 + 32) / 192.0, found.x(0), 0.5);
            assertEquals(0.8f, found.presence(), 1e-5f);
            assertTrue(people.size() > 1);
        }
    }

    @Test
    void refusesNetworksThatFindNobody() {
        float[] hand = new float[128];
        repository.addHandLandmarks("hand-landmarks", hand);
        try (WarmModels models = open("hand-landmarks");
                Lease lease = models.lease("hand-landmarks");
                Picture picture = Picture.ofRgb(8, 8, new byte[3 * 64])) {
            OspreyException refusal = assertThrows(
                    OspreyException.class,
                    () -> People.find(picture, PoseNetworks.of(lease, lease, new Cancellation())));
            assertEquals("A model of the kind hand-landmarks does not find people or their points", refusal.detail());
        }
    }

    private WarmModels open(String... names) {
        WarmModels models = WarmModels.open(TestConfig.with(
                "runtime.provider",
                "cpu",
                "model.repository",
                repository.folder().toString()));
        Arrays.stream(names).forEach(models::load);
        return models;
    }

    private static void say(float[] yolo, int place, float score, float x, float y, float width, float height) {
        float[] first = {x, y, width, height, score};
        for (int i = 0; i < first.length; i++) {
            yolo[i * PLACES + place] = first[i];
        }
        for (int point = 0; point < 17; point++) {
            yolo[(5 + 3 * point) * PLACES + place] = x + (UPRIGHT[point][0] - 0.5f) * width;
            yolo[(6 + 3 * point) * PLACES + place] = y + (UPRIGHT[point][1] - 0.5f) * height;
            yolo[(7 + 3 * point) * PLACES + place] = 0.9f;
        }
    }
}
