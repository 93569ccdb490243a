package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Photograph;
import dev.osprey.imaging.Crop;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With the shipped networks on photographs. */
class PeopleTest {

    private final Networks networks = new Networks();

    @AfterEach
    void close() {
        networks.close();
    }

    @Test
    void findsThePointsOfSomebodyWhoWalksAway() {
        Person person = only(networks.find(Photograph.shared("person-on-road.jpg")));
        assertTrue(person.presence() > 0.95, () -> "presence " + person.presence());
        // Looked up on the photograph, which shows the back, so that left is left.
        assertPoint(Person.LEFT_SHOULDER, 296, 208, person);
        assertPoint(Person.RIGHT_SHOULDER, 341, 208, person);
        assertPoint(Person.LEFT_HIP, 306, 270, person);
        assertPoint(Person.RIGHT_HIP, 334, 270, person);
        assertTrue(person.box().left() < 290 && person.box().right() > 345, person.box()::toString);
        assertTrue(person.box().upper() < 180 && person.box().lower() > 355, person.box()::toString);
    }

    @Test
    void findsSmallPeopleInAWidePicture() {
        List<Person> people = networks.find(Photograph.shared("street-crowd.jpg"));
        // The middles of six of them, as seen by eye; the detector alone, on the whole picture, is sure of no three.
        int[][] places = {{129, 305}, {290, 322}, {437, 310}, {577, 312}, {539, 308}, {203, 325}};
        for (int[] place : places) {
            long near = people.stream()
                    .filter(person -> Math.abs(person.box().centreX() - place[0]) < 20)
                    .count();
            assertTrue(near >= 1, () -> "nobody at " + place[0]);
        }
        assertTrue(networks.findOnWhole(Photograph.shared("street-crowd.jpg")).size() < 3);
    }

    @Test
    void findsNobodyWhereNobodyIs() {
        assertEquals(List.of(), networks.find(Photograph.openHand().darker(0)));
        assertEquals(
                List.of(), networks.find(Photograph.shared("person-on-road.jpg").part(400, 0, 240, 427)));
    }

    @Test
    void findsBothOfTwoTheMostCertainFirst() {
        Photograph photograph = Photograph.shared("person-on-road.jpg");
        List<Person> people = networks.find(photograph.beside(photograph.mirrored()));
        assertEquals(
                List.of(true, false),
                people.stream()
                        .limit(2)
                        .map(person -> person.box().centreX() < 640)
                        .toList());
    }

    @Test
    void knowsSomebodyWhoIsFoundTwiceOrPutTogetherFromOthers() {
        Person one = person(100, 10);
        Person other = person(400, 10);
        assertEquals(0, one.distance(List.of(other, one)));
        assertEquals(Double.POSITIVE_INFINITY, one.distance(List.of()));
        assertEquals(3, one.distance(List.of(other)), 1e-6);
        float[] points = one.points().clone();
        System.arraycopy(other.points(), 0, points, 0, 18);
        Person mixed = new Person(points, one.confidences(), 1, one.box());
        assertEquals(0, mixed.distance(List.of(one, other)));
        assertTrue(mixed.distance(List.of(one)) > 0);
    }

    @Test
    void leavesOutPointsThatAreNotCertain() {
        Person person = person(100, 10);
        float[] certain = person.points(0.5f);
        assertTrue(Float.isNaN(certain[0]) && Float.isNaN(certain[1]));
        assertEquals(person.points()[2], certain[2]);
        person.confidences()[1] = Float.NaN;
        assertTrue(Float.isNaN(person.points(0)[2]));
    }

    /** Shoulders 100 above the hips, which are at {@code x}; the nose is not certain. */
    private static Person person(float x, float y) {
        float[] points = new float[34];
        float[] confidences = new float[17];
        for (int point = 0; point < 17; point++) {
            points[2 * point] = x;
            points[2 * point + 1] = y + (point < Person.LEFT_HIP ? 0 : 100);
            confidences[point] = point == 0 ? 0.4f : 0.9f;
        }
        return new Person(points, confidences, 0.9f, Person.around(points));
    }

    @Test
    void looksAtSquaresThatOverlapByHalf() {
        List<Crop> squares = People.squares(1280, 720);
        assertEquals(Crop.letterbox(1280, 720), squares.get(0));
        assertEquals(new Crop(360, 360, 720, 720, 0), squares.get(1));
        assertEquals(new Crop(640, 360, 720, 720, 0), squares.get(2));
        assertEquals(new Crop(920, 360, 720, 720, 0), squares.get(3));
        assertEquals(1 + 3 + 7 * 3, squares.size());
        for (int x = 0; x < 1280; x += 20) {
            double at = x;
            assertTrue(squares.subList(4, 11).stream().anyMatch(square -> Math.abs(square.centreX() - at) <= 180));
        }
    }

    @Test
    void looksAtNoMoreSquaresThanItMay() {
        for (int[] size : new int[][] {{1, 1}, {640, 640}, {3840, 2160}, {8000, 100}, {100, 8000}}) {
            int count = People.squares(size[0], size[1]).size();
            assertTrue(count >= 1 && count <= People.MOST_SQUARES, () -> count + " squares");
        }
    }

    private static Person only(List<Person> people) {
        assertEquals(1, people.size());
        return people.get(0);
    }

    private static void assertPoint(int point, int x, int y, Person person) {
        assertEquals(x, person.x(point), 14, () -> "x of point " + point);
        assertEquals(y, person.y(point), 14, () -> "y of point " + point);
    }
}
