package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.stream.Outbox.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The outbox against a model of it, through random histories and from many threads. */
class OutboxHistoriesTest {

    private static final int CAPACITY = 5;

    /** What the outbox should be: places as lists of messages, null until they are filled. */
    private static final class Model {

        private final Map<Integer, List<String>> messages = new HashMap<>();
        private final List<String> sent = new ArrayList<>();
        private int reserved;
        private int head;
        private int sentOfHead;
        private boolean inFlight;
        private int left;

        void send() {
            List<String> current = messages.get(head);
            if (!inFlight && current != null) {
                sent.add(current.get(sentOfHead++));
                inFlight = true;
                if (sentOfHead == current.size()) {
                    head++;
                    sentOfHead = 0;
                }
            }
        }

        boolean isFull() {
            return reserved - head >= CAPACITY;
        }

        boolean isCongested() {
            return inFlight && messages.keySet().stream().anyMatch(place -> place >= head);
        }
    }

    @RepeatedTest(200)
    void doesWhatItsModelDoes(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FakePeer peer = FakePeer.thatReadsWhenTold();
        Outbox outbox = new Outbox(peer, () -> 0, () -> CAPACITY, () -> {
            throw new AssertionError("nothing breaks here");
        });
        Model model = new Model();
        Map<Integer, Place> unfilled = new HashMap<>();
        int[] roomMade = {0};
        outbox.whenRoomIsMade(() -> roomMade[0]++);
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    Optional<Place> place = outbox.tryReserve();
                    assertEquals(model.isFull(), place.isEmpty());
                    place.ifPresent(reserved -> unfilled.put(model.reserved++, reserved));
                }
                case 1 -> {
                    if (!unfilled.isEmpty()) {
                        List<Integer> ids = List.copyOf(unfilled.keySet());
                        fill(ids.get(random.nextInt(ids.size())), 1 + random.nextInt(3), unfilled, model);
                        model.send();
                    }
                }
                default -> {
                    if (model.inFlight) {
                        model.inFlight = false;
                        model.left++;
                        model.send();
                        peer.read();
                    }
                }
            }
            assertEquals(model.sent, peer.sent());
            assertEquals(model.isCongested(), outbox.isCongested());
            assertEquals(model.inFlight ? 1 : 0, peer.inFlight());
            assertEquals(model.left, roomMade[0]);
        }
    }

    private static void fill(int id, int count, Map<Integer, Place> unfilled, Model model) {
        List<String> texts = new ArrayList<>();
        List<Supplier<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = id + "." + i;
            texts.add(text);
            replies.add(() -> new Reply.Text(text));
        }
        model.messages.put(id, texts);
        Place place = unfilled.remove(id);
        assertTrue(place != null);
        place.fill(replies);
    }

    @Test
    void keepsTheOrderWhateverThreadsFillAndRead() throws Exception {
        int replies = 2_000;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            ThreadedPeer peer = new ThreadedPeer(threads, replies);
            Outbox outbox = new Outbox(peer, () -> 0, () -> replies, () -> {
                throw new AssertionError("nothing breaks here");
            });
            List<Runnable> fills = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < replies; i++) {
                String text = Integer.toString(i);
                Place place = outbox.tryReserve().orElseThrow();
                fills.add(() -> place.fill(() -> new Reply.Text(text)));
                expected.add(text);
            }
            Collections.shuffle(fills, new Random(1));
            List<Future<?>> filled = new ArrayList<>();
            fills.forEach(fill -> filled.add(threads.submit(fill)));
            for (Future<?> fill : filled) {
                fill.get(10, TimeUnit.SECONDS);
            }
            assertTrue(peer.allRead.await(10, TimeUnit.SECONDS));
            assertEquals(expected, peer.sent);
            assertEquals(1, peer.mostInFlight);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Reads every other message at once and the rest on another thread. */
    private static final class ThreadedPeer implements Peer {

        private final ExecutorService threads;
        private final List<String> sent = new ArrayList<>();
        private final CountDownLatch allRead;
        private int inFlight;
        private int mostInFlight;

        ThreadedPeer(ExecutorService threads, int messages) {
            this.threads = threads;
            this.allRead = new CountDownLatch(messages);
        }

        @Override
        public void send(String text, Consumer<@Nullable Throwable> done) {
            boolean atOnce;
            synchronized (this) {
                sent.add(text);
                mostInFlight = Math.max(mostInFlight, ++inFlight);
                atOnce = sent.size() % 2 == 0;
            }
            if (atOnce) {
                read(done);
            } else {
                threads.execute(() -> read(done));
            }
        }

        private void read(Consumer<@Nullable Throwable> done) {
            synchronized (this) {
                inFlight--;
            }
            done.accept(null);
            allRead.countDown();
        }

        @Override
        public void send(ByteBuffer binary, Consumer<@Nullable Throwable> done) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {}

        @Override
        public String address() {
            return "192.0.2.1";
        }
    }
}
