package dev.osprey.bench;

import dev.osprey.bench.load.LoadGenerator;
import dev.osprey.bench.load.LoadResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The load generator in a process that stays warm: a line of its arguments is asked, the figures are the answer. */
public final class LoadWorker {

    static final String FRAMES_PER_SECOND = "frames_per_second";
    static final String FAIRNESS = "fairness";
    static final String AGE_P50 = "age_p50_ms";
    static final String AGE_P99 = "age_p99_ms";

    /** Of each tenth of the measured time. */
    static final String AGE_P99_PARTS = "age_p99_parts_ms";

    static final String LOST = "lost";
    static final String ERRORS = "errors";

    /** Pictures of each client. */
    static final String SHOWN = "shown";

    private LoadWorker() {}

    /** Says what went wrong, beside the figures, on standard error. */
    public static void main(String[] none) throws IOException, InterruptedException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            LoadResult result = LoadGenerator.run(List.of(line.split(" ", -1)));
            System.err.println(line + "\n" + result);
            Samples samples = new Samples();
            samples.add(FRAMES_PER_SECOND, result.framesPerSecond());
            samples.add(FAIRNESS, result.fairness());
            samples.add(AGE_P50, result.ageMillis(50));
            samples.add(AGE_P99, result.ageMillis(99));
            result.parts().forEach(millis -> samples.add(AGE_P99_PARTS, millis));
            samples.add(LOST, (double) result.lost());
            samples.add(
                    ERRORS,
                    result.errors().values().stream()
                            .mapToDouble(Long::doubleValue)
                            .sum());
            result.clients().forEach(client -> samples.add(SHOWN, (double) client.shown()));
            System.out.println(samples.inOneLine());
        }
    }
}
