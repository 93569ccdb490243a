package dev.osprey.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured, in milliseconds, by name. Processes hand it on in a line. */
public final class Samples {

    /** The time from a picture to its answer, which every measured process has. */
    public static final String ROUND_TRIP = "round_trip_ms";

    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    public void add(String name, double millis) {
        byName.computeIfAbsent(name, unused -> new ArrayList<>()).add(millis);
    }

    public void addNanos(String name, long nanos) {
        add(name, nanos / 1e6);
    }

    void addAll(Samples others) {
        others.byName.forEach((name, values) -> values.forEach(value -> add(name, value)));
    }

    List<Double> of(String name) {
        return byName.getOrDefault(name, List.of());
    }

    double median(String name) {
        return median(of(name));
    }

    /** The value that so many of a hundred do not exceed. */
    double percentile(String name, double percent) {
        double[] sorted =
                of(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }

    double mean(String name) {
        return of(name).stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("There is no median of nothing");
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** {@code name=value,value,… name=value,…}. */
    public String inOneLine() {
        return byName.entrySet().stream()
                .map(entry -> entry.getKey() + "="
                        + entry.getValue().stream().map(String::valueOf).collect(Collectors.joining(",")))
                .collect(Collectors.joining(" "));
    }

    static Samples parse(String line) {
        Samples samples = new Samples();
        for (String entry : line.split(" ", -1)) {
            String[] nameAndValues = entry.split("=", -1);
            for (String value : nameAndValues[1].split(",", -1)) {
                samples.add(nameAndValues[0], Double.parseDouble(value));
            }
        }
        return samples;
    }

    Samples means() {
        Samples means = new Samples();
        byName.forEach((name, values) -> means.add(name, mean(name)));
        return means;
    }

    Samples medians() {
        Samples medians = new Samples();
        byName.forEach((name, values) -> medians.add(name, median(values)));
        return medians;
    }
}
