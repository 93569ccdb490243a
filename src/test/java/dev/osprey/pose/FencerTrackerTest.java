package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Photograph;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is who, with people made by hand; then with the shipped networks on photographs. */
class FencerTrackerTest {

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int WHITE = 0xFFFFFF;

    private final FencerTracker tracker = new FencerTracker();
    private byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    private Optional<Networks> networks = Optional.empty();

    @AfterEach
    void close() {
        networks.ifPresent(Networks::close);
    }

    @Test
    void takesTheTwoWhoFence() {
        Seen left = fencer(400, 1);
        Seen right = fencer(800, -1);
        Seen referee = standing(600, 480, 90);
        Seen spectator = standing(100, 300, 45);
        Fencers found = assign(referee, spectator, right, left);
        assertIs(left, found.left());
        assertIs(right, found.right());
    }

    @Test
    void takesNobodyWhereOneIsAlone() {
        Fencers found = assign(fencer(400, 1));
        assertEquals(new Fencers(Optional.empty(), Optional.empty()), found);
        Seen left = fencer(300, 1);
        assertIs(left, assign(left, fencer(700, -1)).left());
    }

    @Test
    void keepsTheNamesWhenFencersPassEachOther() {
        Fencers last = assign(fencer(390, 1), fencer(890, -1));
        for (int step = 0; step <= 30; step++) {
            Seen left = fencer(400 + 16 * step, 1);
            Seen right = fencer(880 - 16 * step, -1);
            boolean hidden = Math.abs(x(left) - x(right)) < 50;
            last = hidden ? assign(right) : assign(right, left);
        }
        assertEquals(880, x(last.left()), 1);
        assertEquals(400, x(last.right()), 1);
    }

    @Test
    void tellsFencersOfAnotherColourApartWhenTheyPartAfterHiding() {
        for (int step = 0; step <= 40; step++) {
            // Towards each other, a while behind each other, and on or back: here they go back.
            int apart = Math.max(0, Math.abs(step - 20) * 16 - 100);
            Seen left = fencer(640 - apart, 1);
            Seen right = fencer(640 + apart, -1);
            rgb = new byte[3 * WIDTH * HEIGHT];
            paint(left, 0x2040C0);
            paint(right, WHITE);
            Fencers found = apart < 30 ? assign(right) : assign(left, right);
            if (step == 40) {
                assertIs(left, found.left());
                assertIs(right, found.right());
            }
        }
    }

    @Test
    void saysWhoIsMissingAndTakesHimUpAgain() {
        assign(fencer(400, 1), fencer(800, -1));
        Fencers one = assign(fencer(805, -1));
        assertEquals(Optional.empty(), one.left());
        assertEquals(805, x(one.right()), 1);
        for (int i = 0; i < 5; i++) {
            assign(fencer(805, -1));
        }
        Seen back = fencer(430, 1);
        assertIs(back, assign(fencer(805, -1), back).left());
    }

    @Test
    void takesNobodyElseForAFencerWhoIsMissing() {
        assign(fencer(400, 1), fencer(800, -1));
        for (int i = 0; i < 10; i++) {
            Fencers found = assign(fencer(800, -1), standing(1100, 420, 60));
            assertEquals(Optional.empty(), found.left());
            assertEquals(800, x(found.right()), 1);
        }
    }

    @Test
    void beginsAnewWhenBothAreGoneForLong() {
        assign(fencer(400, 1), fencer(800, -1));
        for (int i = 0; i < 30; i++) {
            assertEquals(new Fencers(Optional.empty(), Optional.empty()), assign());
        }
        Seen left = fencer(700, 1);
        Seen right = fencer(1100, -1);
        Fencers found = assign(right, left);
        assertIs(left, found.left());
        assertIs(right, found.right());
    }

    @Test
    void takesOthersWhoAreLikelierForSeveralLooksAndKeepsTheNameOfWhoIsOfBoth() {
        // The right fencer comes late: the left one and a spectator are taken first.
        Seen left = fencer(400, 1);
        Seen spectator = standing(200, 330, 45);
        Fencers first = assign(left, spectator);
        assertIs(left, first.right());
        Seen late = fencer(900, -1);
        for (int look = 1; look < FencerTracker.ROUNDS; look++) {
            assertEquals(first, assign(left, spectator, late));
            tracker.assign(picture(), List.of(left, spectator, late), false);
        }
        Fencers found = assign(left, spectator, late);
        assertIs(late, found.left());
        assertIs(left, found.right());
    }

    @Test
    void followsBothWithoutTheDetector() {
        Networks real = networks();
        Photograph photograph = Photograph.shared("person-on-road.jpg");
        Photograph both = photograph.beside(photograph.mirrored());
        Fencers first = real.track(tracker, both);
        double leftX = x(first.left());
        double rightX = x(first.right());
        assertTrue(leftX < 640 && rightX > 640);
        real.putDetectorOutOfOrder();
        for (int step = 1; step < FencerTracker.LOOK_AROUND; step++) {
            // Both go to the right, the picture being cut off on the left.
            Photograph moved = both.part(-4 * step, 0, both.width(), both.height());
            Fencers found = real.track(tracker, moved);
            assertEquals(leftX + 4 * step, x(found.left()), 12, "the left one at step " + step);
            assertEquals(rightX + 4 * step, x(found.right()), 12, "the right one at step " + step);
        }
        assertThrows(IllegalStateException.class, () -> real.track(tracker, both));
    }

    @Test
    void goesOnAfterARunThatWasEnded() {
        Networks real = networks();
        Photograph photograph = Photograph.shared("person-on-road.jpg");
        Photograph both = photograph.beside(photograph.mirrored());
        real.track(tracker, both);
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        OspreyException ended = assertThrows(OspreyException.class, () -> real.track(tracker, both, cancellation));
        assertEquals(ErrorCode.CANCELLED, ended.code());
        real.putDetectorOutOfOrder();
        Fencers found = real.track(tracker, both);
        assertTrue(found.left().isPresent() && found.right().isPresent());
    }

    @Test
    void saysThatThereIsNobody() {
        Fencers found = networks().track(tracker, Photograph.openHand().darker(0));
        assertEquals(new Fencers(Optional.empty(), Optional.empty()), found);
    }

    private Networks networks() {
        Networks opened = new Networks();
        networks = Optional.of(opened);
        return opened;
    }

    private Fencers assign(Seen... seen) {
        return tracker.assign(picture(), Arrays.asList(seen), true);
    }

    private Picture picture() {
        return Picture.ofRgb(WIDTH, HEIGHT, rgb);
    }

    private void paint(Seen seen, int colour) {
        Person person = seen.person();
        for (int y = (int) person.y(Person.LEFT_SHOULDER); y < person.y(Person.LEFT_HIP); y++) {
            for (int x = (int) person.x(0) - 40; x < person.x(0) + 40; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * (y * WIDTH + x) + channel] = (byte) (colour >> (16 - 8 * channel));
                }
            }
        }
    }

    /** On guard, with the feet at 560; looks to the right (1) or left (-1). */
    private static Seen fencer(double x, int direction) {
        return seen(x, 560, 100, 60, direction);
    }

    /** With the feet together, looking at the camera. */
    private static Seen standing(double x, double feet, double torso) {
        return seen(x, feet, torso, torso / 8, 0);
    }

    /** @param stance from the middle of the hips to each ankle along the picture */
    private static Seen seen(double x, double feet, double torso, double stance, int direction) {
        double hips = feet - 1.4 * torso;
        double shoulders = hips - torso;
        double head = shoulders - 0.4 * torso;
        double[][] places = {
            {x + direction * 0.15 * torso, head},
            {x + direction * 0.1 * torso, head - 5},
            {x + direction * 0.1 * torso, head - 5},
            {x, head},
            {x, head},
            {x + 0.3 * torso, shoulders},
            {x - 0.3 * torso, shoulders},
            {x + 0.4 * torso, shoulders + 0.5 * torso},
            {x - 0.4 * torso, shoulders + 0.5 * torso},
            {x + 0.6 * torso, shoulders + 0.4 * torso},
            {x - 0.6 * torso, shoulders + 0.4 * torso},
            {x + 0.2 * torso, hips},
            {x - 0.2 * torso, hips},
            {x + stance, hips + 0.7 * torso},
            {x - stance, hips + 0.7 * torso},
            {x + stance, feet},
            {x - stance, feet},
        };
        float[] points = new float[34];
        for (int point = 0; point < 17; point++) {
            points[2 * point] = (float) places[point][0];
            points[2 * point + 1] = (float) places[point][1];
        }
        float[] confidences = new float[17];
        Arrays.fill(confidences, 0.9f);
        double side = 4 * torso;
        return new Seen(new Person(points, confidences, 0.9f, Person.around(points)), new Crop(x, hips, side, side, 0));
    }

    private static void assertIs(Seen expected, Optional<Person> found) {
        assertEquals(Optional.of(expected.person()), found);
    }

    private static double x(Optional<Person> person) {
        return person.orElseThrow().box().centreX();
    }

    private static double x(Seen seen) {
        return seen.region().centreX();
    }
}
