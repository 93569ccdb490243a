package dev.osprey.socketio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What polls have left over: the packets behind those that fit into one answer, for the next ones. Any thread. */
final class Backlog {

    /** Separates the packets of one payload. */
    static final String SEPARATOR = "\u001E";

    /** Of one answer; python-socketio takes no more. */
    static final int MOST_PACKETS = 16;

    private final Deque<String> packets = new ArrayDeque<>();

    /** The first of the packets, as many as fit; the others are kept. */
    synchronized String keepRest(String payload) {
        packets.addAll(List.of(payload.split(SEPARATOR, -1)));
        return next().orElseThrow();
    }

    /** What the next poll is answered by; nothing where nothing was left over. */
    synchronized Optional<String> next() {
        List<String> answer = new ArrayList<>();
        while (answer.size() < MOST_PACKETS && !packets.isEmpty()) {
            answer.add(packets.remove());
        }
        return answer.isEmpty() ? Optional.empty() : Optional.of(String.join(SEPARATOR, answer));
    }

    /** All that is left over, for a client that polls no more. */
    synchronized List<String> takeAll() {
        List<String> all = List.copyOf(packets);
        packets.clear();
        return all;
    }

    synchronized int size() {
        return packets.size();
    }
}
