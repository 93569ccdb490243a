package dev.osprey.bench;

import dev.osprey.fencing.Analysis.Pause;
import dev.osprey.fencing.CrossValidation;
import dev.osprey.fencing.Decision;
import dev.osprey.fencing.Decision.Action;
import dev.osprey.fencing.RecordedPhrase;
import dev.osprey.fencing.Rule;
import dev.osprey.fencing.Side;
import dev.osprey.fencing.Weapon;
import jakarta.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How often the referee's rules agree with a human referee on recorded phrases. The trained rule decides every phrase with weights
 * that were learnt from the other days only; {@code models/training/right_of_way.py} learns them, and the rest of what is known
 * about its cross-validation is read from its results.
 */
final class RefereeBenchmark {

    /** Longer than this, somebody has retreated before; shorter, both come from their lines. */
    private static final double LONG_SECONDS = 2.3;

    private final List<RecordedPhrase> phrases;
    private final CrossValidation trained;
    private final Map<RecordedPhrase, Decision> heldOut;

    private RefereeBenchmark(List<RecordedPhrase> phrases, CrossValidation trained) {
        this.phrases = phrases;
        this.trained = trained;
        this.heldOut = phrases.stream().collect(Collectors.toMap(Function.identity(), trained::decision));
    }

    static void run() throws IOException {
        if (!Files.exists(RecordedPhrase.FILE)) {
            System.out.println("Skipped: the recorded phrases are not there: " + RecordedPhrase.FILE);
            return;
        }
        RefereeBenchmark benchmark =
                new RefereeBenchmark(RecordedPhrase.read(RecordedPhrase.FILE), CrossValidation.read());
        Page.replace(
                Benchmark.PAGE, "referee", benchmark.rules() + "\n" + benchmark.actions() + "\n" + benchmark.days());
    }

    private Side priority(RecordedPhrase phrase) {
        return heldOut(phrase).winner();
    }

    private Decision heldOut(RecordedPhrase phrase) {
        Decision decision = heldOut.get(phrase);
        if (decision == null) {
            throw new IllegalStateException(phrase.name());
        }
        return decision;
    }

    private static Side classic(RecordedPhrase phrase) {
        return Rule.CLASSIC.decide(phrase.signal(), phrase.bout(), Weapon.SABRE).winner();
    }

    /** Whose last pause, or retreat, ended earlier; who never paused before who did, the left fencer where that says nothing. */
    private static Side earlierPause(RecordedPhrase phrase) {
        var analysis = Rule.CLASSIC
                .decide(phrase.signal(), phrase.bout(), Weapon.SABRE)
                .analysis();
        return lastEnd(analysis.leftPauses()) <= lastEnd(analysis.rightPauses()) ? Side.LEFT : Side.RIGHT;
    }

    private static int lastEnd(List<Pause> pauses) {
        return pauses.stream().mapToInt(Pause::endFrame).max().orElse(-1);
    }

    // Rules

    private String rules() {
        StringBuilder table =
                new StringBuilder("| rule | agrees | phrases up to %s s | longer ones |\n| --- | --- | --- | --- |\n"
                        .formatted(LONG_SECONDS));
        table.append(row("always left", phrase -> Side.LEFT));
        table.append(row("`classic`", RefereeBenchmark::classic));
        table.append(row("whose last pause ended earlier attacks", RefereeBenchmark::earlierPause));
        table.append("| the system that recorded them | 78.6 % |  |  |\n");
        table.append(row("**`priority`**, weights learnt without the phrase's day", this::priority));
        table.append("| the same, %d variants of its thresholds: least, middle, most | %s |  |  |\n"
                .formatted(trained.results().getInt("choices"), leastMiddleMost()));
        table.append(nested("the same, one of them chosen anew without the day", "nested"));
        table.append(nested(
                "the same, one of the %d chosen anew that take all attacking speeds, as the shipped one does"
                        .formatted(trained.results().getInt("choicesOfAllSpeeds")),
                "nestedOfAllSpeeds"));
        table.append(nested("the same, without choosing: all of them vote", "allVote"));
        trained.results()
                .getJsonObject("shaken")
                .forEach((how, figure) -> table.append("| `priority`, %s | %s |  |  |\n"
                        .formatted(how, percent(Double.parseDouble(figure.toString())))));
        return table.toString();
    }

    private String row(String rule, Function<RecordedPhrase, Side> decide) {
        return "| %s | %s | %s | %s |\n"
                .formatted(
                        rule,
                        withError(agreement(decide, phrase -> true)),
                        percent(agreement(decide, phrase -> !isLong(phrase))),
                        percent(agreement(decide, RefereeBenchmark::isLong)));
    }

    private String nested(String rule, String key) {
        return "| %s | %s |  |  |\n"
                .formatted(rule, withError(trained.results().getJsonNumber(key).doubleValue()));
    }

    private String leastMiddleMost() {
        JsonArray figures = trained.results().getJsonArray("leastMiddleMostOfTheChoices");
        return figures.stream()
                .map(figure -> percent(Double.parseDouble(figure.toString())))
                .collect(Collectors.joining(", "));
    }

    private double agreement(Function<RecordedPhrase, Side> decide, Predicate<RecordedPhrase> of) {
        return phrases.stream()
                .filter(of)
                .mapToDouble(phrase -> decide.apply(phrase) == phrase.referee() ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    private static boolean isLong(RecordedPhrase phrase) {
        return phrase.signal().hits().get(0).time() > LONG_SECONDS;
    }

    private String withError(double part) {
        return "%s ± %s"
                .formatted(percent(part), Page.decimals(1, 100 * Math.sqrt(part * (1 - part) / phrases.size())));
    }

    private static String percent(double part) {
        return Page.decimals(1, 100 * part) + " %";
    }

    // Categories and days

    private String actions() {
        StringBuilder table = new StringBuilder(
                "| decided as | phrases | said left, was left | said left, was right | said right, was right |"
                        + " said right, was left | agrees | mean confidence |\n"
                        + "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Action action : Action.values()) {
            List<RecordedPhrase> of = phrases.stream()
                    .filter(phrase -> heldOut(phrase).action() == action)
                    .toList();
            if (!of.isEmpty()) {
                table.append("| %s | %d | %d | %d | %d | %d | %s | %s |\n"
                        .formatted(
                                action.words(),
                                of.size(),
                                count(of, Side.LEFT, Side.LEFT),
                                count(of, Side.LEFT, Side.RIGHT),
                                count(of, Side.RIGHT, Side.RIGHT),
                                count(of, Side.RIGHT, Side.LEFT),
                                percent((count(of, Side.LEFT, Side.LEFT) + count(of, Side.RIGHT, Side.RIGHT))
                                        / (double) of.size()),
                                Page.decimals(
                                        2,
                                        of.stream()
                                                .mapToDouble(phrase ->
                                                        heldOut(phrase).confidence())
                                                .average()
                                                .orElse(0))));
            }
        }
        return table.toString();
    }

    private long count(List<RecordedPhrase> of, Side said, Side was) {
        return of.stream()
                .filter(phrase -> priority(phrase) == said && phrase.referee() == was)
                .count();
    }

    private String days() {
        StringBuilder table =
                new StringBuilder("| recorded on | phrases | `classic` | `priority` |\n| --- | --- | --- | --- |\n");
        Map<String, List<RecordedPhrase>> days =
                phrases.stream().collect(Collectors.groupingBy(RecordedPhrase::day, TreeMap::new, Collectors.toList()));
        days.forEach((day, of) -> table.append("| %s-%s-%s | %d | %s | %s |\n"
                .formatted(
                        day.substring(0, 4),
                        day.substring(4, 6),
                        day.substring(6),
                        of.size(),
                        percent(agreement(RefereeBenchmark::classic, of::contains)),
                        percent(agreement(this::priority, of::contains)))));
        return table.toString();
    }
}
