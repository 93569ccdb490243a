package dev.osprey.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The medians of every round, in milliseconds. */
final class Figures {

    /** What is compared. */
    enum Way {
        BARE,
        TEXT,
        BINARY,
        ECHO_TEXT,
        ECHO_BINARY
    }

    /** What the process took of the processor for a frame, whoever else was on it. */
    static final String PROCESSOR = "processor_ms";

    private final boolean pinned;
    private final long pictureBytes;
    private final int framesPerRound;
    private final Samples connections;
    private final Map<Way, Samples> rounds = new EnumMap<>(Way.class);

    Figures(boolean pinned, long pictureBytes, int framesPerRound, Samples connections) {
        this.pinned = pinned;
        this.pictureBytes = pictureBytes;
        this.framesPerRound = framesPerRound;
        this.connections = connections;
        for (Way way : Way.values()) {
            rounds.put(way, new Samples());
        }
    }

    void add(Way way, Samples medians) {
        of(way).addAll(medians);
    }

    /** One value a round. */
    Samples of(Way way) {
        Samples samples = rounds.get(way);
        if (samples == null) {
            throw new IllegalStateException("Every way has samples");
        }
        return samples;
    }

    /** Of each round, how many times as much as in the bare loop. */
    List<Double> ratios(Way way, String name) {
        List<Double> bare = of(Way.BARE).of(name);
        List<Double> other = of(way).of(name);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < bare.size(); round++) {
            ratios.add(other.get(round) / bare.get(round));
        }
        return ratios;
    }

    /** Of each round, how many times as long as in the bare loop and through the echo together. */
    List<Double> ratiosToFloor(Way way, Way echo) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < of(way).of(Samples.ROUND_TRIP).size(); round++) {
            double floor = of(Way.BARE).of(Samples.ROUND_TRIP).get(round)
                    + of(echo).of(Samples.ROUND_TRIP).get(round);
            ratios.add(of(way).of(Samples.ROUND_TRIP).get(round) / floor);
        }
        return ratios;
    }

    /** From the connection's first packet to the greeting. */
    double connectedMillis(int connection) {
        return connections.of(StreamClient.CONNECTED).get(connection - 1);
    }

    double slowestConnectedMillis() {
        return Collections.max(connections.of(StreamClient.CONNECTED));
    }

    boolean pinned() {
        return pinned;
    }

    long pictureBytes() {
        return pictureBytes;
    }

    int framesPerRound() {
        return framesPerRound;
    }
}
