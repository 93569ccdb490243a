package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeedTest {

    private static Feed.Settings at(double fps, int room) {
        return new Feed.Settings(fps, Encoding.RAW, 85, false, room);
    }

    /** Which picture each frame shows; the numbers have to go up from the given one. */
    private static List<Integer> pictures(Feed feed, long firstNumber) throws InterruptedException {
        List<Integer> pictures = new ArrayList<>();
        for (Optional<EncodedFrame> frame = feed.next(); frame.isPresent(); frame = feed.next()) {
            assertEquals(firstNumber + pictures.size(), frame.get().number());
            pictures.add(Bout.pictureOf(frame.get().picture()));
        }
        assertEquals(Optional.empty(), feed.next());
        return pictures;
    }

    private static List<Integer> all(Footage footage, double fps) throws InterruptedException {
        try (Feed feed = new Feed(footage, at(fps, 2), 0)) {
            return pictures(feed, 0);
        }
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void givesAVideoOfAConstantRateUnchanged() throws InterruptedException {
        for (double rate : new double[] {30, 30_000 / 1001.0, 59.94, 7.5}) {
            assertEquals(upTo(200), all(Bout.of(200, rate), rate));
        }
    }

    @Test
    void leavesPicturesOutForALowerRate() throws InterruptedException {
        assertEquals(List.of(0, 2, 4, 6, 8), all(Bout.of(9, 30), 15));
    }

    @Test
    void repeatsPicturesForAHigherRate() throws InterruptedException {
        assertEquals(List.of(0, 0, 1, 1, 2), all(Bout.of(3, 15), 30));
    }

    @Test
    void keepsTheTimesOfUnevenPictures() throws InterruptedException {
        // At 10 frames a second: 0.28 is nearer to frame 3 than 0.33, and 0.6 comes after a gap.
        Bout uneven = new Bout(10, false, picture -> true, 0, 0.11, 0.28, 0.33, 0.6);
        assertEquals(List.of(0, 1, 1, 2, 2, 2, 4), all(uneven, 10));
    }

    @Test
    void startsWithTheFrameThatIsAskedFor() throws InterruptedException {
        try (Feed feed = new Feed(Bout.of(8, 30), at(30, 2), 5)) {
            assertEquals(List.of(5, 6, 7), pictures(feed, 5));
        }
        try (Feed feed = new Feed(Bout.of(4, 10), at(30, 2), 4)) {
            assertEquals(List.of(1, 1, 2, 2, 2, 3), pictures(feed, 4));
        }
        try (Feed feed = new Feed(Bout.of(8, 30), at(30, 2), 8)) {
            assertEquals(List.of(), pictures(feed, 8));
        }
    }

    /** Nobody takes anything until the camera has given six pictures, of which two find room and the third is kept. */
    @Test
    void leavesACamerasPicturesOutThatFindNoRoomAndKeepsTheTimesOfTheOthers() throws InterruptedException {
        CountDownLatch full = new CountDownLatch(1);
        CountDownLatch roomMade = new CountDownLatch(1);
        Bout camera = new Bout(
                10,
                true,
                picture -> {
                    if (picture == 6) {
                        full.countDown();
                        await(roomMade);
                    }
                    return true;
                },
                0,
                0.1,
                0.2,
                0.3,
                0.4,
                0.5,
                0.6);
        try (Feed feed = new Feed(camera, at(10, 2), 0)) {
            full.await();
            assertEquals(0, feed.next().orElseThrow().number());
            roomMade.countDown();
            assertEquals(List.of(1, 2, 2, 2, 2, 6), pictures(feed, 1));
            assertEquals(3, feed.leftOut());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aStoppedRecordingKeepsWhatItHas() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Bout camera = new Bout(
                10,
                true,
                picture -> {
                    if (picture == 2) {
                        asked.countDown();
                        await(stopped);
                    }
                    return true;
                },
                0,
                0.1,
                0.2,
                0.3,
                0.4);
        try (Feed feed = new Feed(camera, at(10, 10), 0)) {
            asked.await();
            feed.stop();
            stopped.countDown();
            assertEquals(List.of(0, 1, 2), pictures(feed, 0));
        }
    }

    @Test
    void tellsWhyFootageCannotBeReadFurther() throws InterruptedException {
        Bout broken = new Bout(
                10,
                false,
                picture -> {
                    throw new OspreyException(ErrorCode.VIDEO_UNREADABLE, "torn");
                },
                0);
        try (Feed feed = new Feed(broken, at(10, 2), 0)) {
            OspreyException e = assertThrows(OspreyException.class, feed::next);
            assertEquals("torn", e.detail());
        }
    }

    /** Otherwise the test would not end. */
    @Test
    void closesWhileItWaitsForRoom() throws InterruptedException {
        try (Feed feed = new Feed(Bout.of(100, 30), at(30, 1), 0)) {
            assertEquals(0, feed.next().orElseThrow().number());
        }
    }
}
