package dev.osprey.bench.load;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What cameras got from a server.
 *
 * @param seconds of the measured time
 * @param ages in microseconds, of the frames that were shown in the measured time
 * @param parts the 99th percentile of the age in each tenth of the measured time, in milliseconds
 * @param misbehaved how often misbehaving clients did what they do, by kind
 */
public record LoadResult(
        double seconds, Histogram ages, List<Double> parts, List<Client> clients, Map<String, Long> misbehaved) {

    /**
     * One camera.
     *
     * @param framesPerSecond taken; 0 for one that waits for its answers
     * @param answered frames, also those answered with a newer one's picture
     * @param shown pictures that came back in the measured time, each counted once
     * @param closedByServer before it was done
     * @param bytesReceived payloads of messages
     */
    public record Client(
            double framesPerSecond,
            long sent,
            long answered,
            long shown,
            boolean closedByServer,
            long bytesSent,
            long bytesReceived,
            Map<String, Long> errors) {}

    /** Pictures that came back in a second. */
    public double framesPerSecond() {
        return clients.stream().mapToLong(Client::shown).sum() / seconds;
    }

    /** Milliseconds that so many of a hundred pictures were at most old. */
    public double ageMillis(double percent) {
        return ages.getValueAtPercentile(percent) / 1e3;
    }

    /** {@link #jain} of the pictures each client got. */
    public double fairness() {
        return jain(clients.stream().map(client -> (double) client.shown()).toList());
    }

    /**
     * Jain's index of what each client got: 1 where all got as much, 1/n where one got all (R. Jain, D. Chiu, W. Hawe: A
     * Quantitative Measure of Fairness, 1984).
     */
    public static double jain(List<Double> shares) {
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        double squares = shares.stream().mapToDouble(share -> share * share).sum();
        return squares == 0 ? 1 : sum * sum / (shares.size() * squares);
    }

    /** Frames that nobody answered. */
    public long lost() {
        return clients.stream()
                .mapToLong(client -> client.sent() - client.answered())
                .sum();
    }

    public Map<String, Long> errors() {
        Map<String, Long> errors = new TreeMap<>();
        for (Client client : clients) {
            client.errors().forEach((code, count) -> errors.merge(code, count, Long::sum));
            if (client.closedByServer()) {
                errors.merge("closed by the server", 1L, Long::sum);
            }
        }
        return errors;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("%.1f pictures a second from %d clients in %.0f s, Jain's index %.3f%n"
                .formatted(framesPerSecond(), clients.size(), seconds, fairness()));
        text.append("frame age in ms: p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f%n"
                .formatted(ageMillis(50), ageMillis(90), ageMillis(99), ageMillis(99.9), ageMillis(100)));
        text.append("p99 in each tenth of the time: %s%n"
                .formatted(parts.stream().map("%.1f"::formatted).collect(Collectors.joining(" "))));
        long sent = clients.stream().mapToLong(Client::sent).sum();
        text.append("frames: %d sent, %d answered, %d without an answer%n".formatted(sent, sent - lost(), lost()));
        text.append("MB: %.1f sent, %.1f received%n"
                .formatted(
                        clients.stream().mapToLong(Client::bytesSent).sum() / 1e6,
                        clients.stream().mapToLong(Client::bytesReceived).sum() / 1e6));
        text.append("errors: %s%n".formatted(errors().isEmpty() ? "none" : errors()));
        if (!misbehaved.isEmpty()) {
            text.append("misbehaved: %s%n".formatted(misbehaved));
        }
        if (clients.size() <= MOST_LISTED) {
            for (int i = 0; i < clients.size(); i++) {
                Client client = clients.get(i);
                text.append("client %d: %s, %d sent, %d pictures back%n"
                        .formatted(
                                i + 1,
                                client.framesPerSecond() == 0
                                        ? "as fast as it is answered"
                                        : "%.1f frames a second".formatted(client.framesPerSecond()),
                                client.sent(),
                                client.shown()));
            }
        }
        return text.toString();
    }

    private static final int MOST_LISTED = 64;
}
