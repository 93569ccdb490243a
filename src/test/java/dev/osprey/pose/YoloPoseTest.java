package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Interpolation;
import dev.osprey.model.ModelManifest.Pictures;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class YoloPoseTest {

    private static final Pictures INPUT = new Pictures("images", 640, 640, ColourOrder.BGR, Interpolation.BILINEAR);

    /** 640 × 640 pixels show a picture of 1280 × 720: two pixels each, 280 of them above the picture. */
    private static final Crop SHOWN = YoloPose.shown(1280, 720, INPUT);

    private static final List<Integer> OF_EVERY_PLACE = List.of(56, 8400);
    private static final List<Integer> OF_PEOPLE = List.of(300, 57);

    @Test
    void showsTheNetworkTheWholePictureInTheMiddle() {
        assertEquals(new Crop(640, 360, 1280, 1280, 0), SHOWN);
        Pictures wide = new Pictures("images", 640, 384, ColourOrder.BGR, Interpolation.BILINEAR);
        assertEquals(new Crop(640, 360, 1280, 768, 0), YoloPose.shown(1280, 720, wide));
        assertEquals(
                new Crop(360, 640, 2133.3333, 1280, 0).height(),
                YoloPose.shown(720, 1280, wide).height());
    }

    @Test
    void readsTheNumbersOfEveryPlace() {
        FloatBuffer values = FloatBuffer.allocate(56 * 8400);
        sayOfPlace(values, 4711, 0.8f, 100, 200, 40, 80);
        Person person = only(YoloPose.people(values, OF_EVERY_PLACE, 0.5, SHOWN, INPUT));
        assertIsThatPerson(person, 0.8f);
    }

    @Test
    void readsTheNumbersOfPeopleFound() {
        FloatBuffer values = FloatBuffer.allocate(300 * 57);
        int row = 57 * 3;
        float[] box = {80, 160, 120, 240, 0.8f, 0};
        values.put(row, box);
        for (int point = 0; point < 17; point++) {
            values.put(row + 6 + 3 * point, 90 + point);
            values.put(row + 7 + 3 * point, 170 + point);
            values.put(row + 8 + 3 * point, point / 20f);
        }
        Person person = only(YoloPose.people(values, OF_PEOPLE, 0.5, SHOWN, INPUT));
        assertIsThatPerson(person, 0.8f);
    }

    @Test
    void takesOnePlaceOfEachPersonTheBest() {
        FloatBuffer values = FloatBuffer.allocate(56 * 8400);
        sayOfPlace(values, 10, 0.6f, 102, 200, 40, 80);
        sayOfPlace(values, 11, 0.9f, 100, 200, 40, 80);
        sayOfPlace(values, 12, 0.7f, 100, 203, 40, 80);
        // Beside, sharing a third: another person. And one who is too unlikely.
        sayOfPlace(values, 13, 0.65f, 120, 200, 40, 80);
        sayOfPlace(values, 14, 0.4f, 400, 200, 40, 80);
        List<Seen> people = YoloPose.people(values, OF_EVERY_PLACE, 0.5, SHOWN, INPUT);
        assertEquals(
                List.of(0.9f, 0.65f),
                people.stream().map(seen -> seen.person().presence()).toList());
        assertEquals(200, people.get(0).person().box().centreX());
        assertEquals(240, people.get(1).person().box().centreX());
    }

    /** Box 80, 160 to 120, 240 of the input; points 90, 170 and one more each. */
    private static void assertIsThatPerson(Person person, float score) {
        assertEquals(score, person.presence());
        assertEquals(new Person.Box(160, 320 - 280, 240, 480 - 280), person.box());
        for (int point = 0; point < 17; point++) {
            assertEquals(2 * (90 + point), person.x(point));
            assertEquals(2 * (170 + point) - 280, person.y(point));
            assertEquals(point / 20f, person.confidences()[point]);
        }
    }

    private static void sayOfPlace(
            FloatBuffer values, int place, float score, float x, float y, float width, float height) {
        float[] first = {x, y, width, height, score};
        for (int i = 0; i < first.length; i++) {
            values.put(i * 8400 + place, first[i]);
        }
        for (int point = 0; point < 17; point++) {
            values.put((5 + 3 * point) * 8400 + place, x - 10 + point);
            values.put((6 + 3 * point) * 8400 + place, y - 30 + point);
            values.put((7 + 3 * point) * 8400 + place, point / 20f);
        }
    }

    private static Person only(List<Seen> people) {
        assertEquals(1, people.size());
        return people.get(0).person();
    }
}
