package dev.osprey.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fencing.Bout.Fencers;
import dev.osprey.fencing.Bout.Person;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoutTest {

    private static final double WIDTH = 100;
    private static final double HEIGHT = 100;

    /** With feet there and nothing else seen, in a box of the height. */
    private static Person person(double oneAnkle, double otherAnkle, double height) {
        double[] points = new double[2 * Track.POINTS];
        Arrays.fill(points, Double.NaN);
        points[30] = oneAnkle;
        points[31] = 400;
        points[32] = otherAnkle;
        points[33] = 410;
        double centre = (oneAnkle + otherAnkle) / 2;
        return new Person(centre - WIDTH / 2, 0, centre + WIDTH / 2, height, points);
    }

    private static final Person LEFT = person(100, 300, HEIGHT);
    private static final Person RIGHT = person(900, 700, HEIGHT);

    private static Bout of(Fencers... frames) {
        return Bout.normalise(30, List.of(frames));
    }

    @Test
    void measuresWithTheFrontFeet() {
        assertEquals(100, of(new Fencers(LEFT, RIGHT)).normalisationConstant());
        assertEquals(100, of(new Fencers(person(300, 100, HEIGHT), RIGHT)).normalisationConstant());
    }

    @Test
    void seesWhereTheCameraStands() {
        assertEquals(
                Bout.Angle.LEFT, of(new Fencers(person(100, 300, 175), RIGHT)).angle());
        assertEquals(
                Bout.Angle.MIDDLE, of(new Fencers(person(100, 300, 174), RIGHT)).angle());
        assertEquals(
                Bout.Angle.RIGHT, of(new Fencers(LEFT, person(700, 900, 175))).angle());
    }

    @Test
    void putsTheFrontFootLast() {
        Bout bout = of(new Fencers(person(300, 100, HEIGHT), person(700, 900, HEIGHT)));
        assertEquals(3, bout.left().x(0, Track.FRONT_FOOT));
        assertEquals(4, bout.left().y(0, Track.FRONT_FOOT));
        assertEquals(1, bout.left().x(0, Track.BACK_FOOT));
        assertEquals(7, bout.right().x(0, Track.FRONT_FOOT));
        assertEquals(9, bout.right().x(0, Track.BACK_FOOT));
    }

    @Test
    void tellsSidesByTheBoxes() {
        Bout bout = of(new Fencers(/* left= */ RIGHT, /* right= */ LEFT));
        assertEquals(3, bout.left().x(0, Track.FRONT_FOOT));
    }

    @Test
    void missesAFrameWithoutBoth() {
        Bout bout = of(new Fencers(LEFT, null), new Fencers(LEFT, RIGHT), new Fencers(null, null));
        assertEquals(3, bout.frames());
        assertTrue(Double.isNaN(bout.left().x(0, Track.FRONT_FOOT)));
        assertEquals(3, bout.left().x(1, Track.FRONT_FOOT));
        assertTrue(Double.isNaN(bout.right().y(2, Track.BACK_FOOT)));
    }

    @Test
    void missesAPointOutsideThePicture() {
        double[] points = LEFT.points().clone();
        points[0] = 5;
        points[1] = 0;
        Person person = new Person(LEFT.left(), LEFT.top(), LEFT.right(), LEFT.bottom(), points);
        assertTrue(Double.isNaN(of(new Fencers(person, RIGHT)).left().x(0, 0)));
    }

    @Test
    void refusesABoutInWhichBothAreNeverSeen() {
        for (Fencers frame : List.of(
                new Fencers(LEFT, null),
                new Fencers(person(0, 300, HEIGHT), RIGHT),
                new Fencers(person(100, 500, HEIGHT), person(500, 900, HEIGHT)))) {
            OspreyException refused = assertThrows(OspreyException.class, () -> of(frame));
            assertEquals(ErrorCode.BOUT_UNREADABLE, refused.code());
            assertEquals("No valid frame with keypoints for both tracks found in the video", refused.detail());
        }
    }
}
