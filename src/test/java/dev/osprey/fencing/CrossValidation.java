package dev.osprey.fencing;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code models/training/right_of_way.py} found out without each day. */
public record CrossValidation(JsonObject results) {

    private static final Path FILE = Path.of("models/training/right_of_way.json");

    public static CrossValidation read() throws IOException {
        try (Reader file = Files.newBufferedReader(FILE);
                JsonReader reader = Json.createReader(file)) {
            return new CrossValidation(reader.readObject());
        }
    }

    Priority.Answers answers(String phrase) {
        JsonArray answers = results.getJsonObject("answers").getJsonArray(phrase);
        return new Priority.Answers(number(answers, 0), number(answers, 1), number(answers, 2));
    }

    /** Learnt from all phrases but those of that day. */
    private Weights weightsWithout(String day) {
        JsonArray weights = results.getJsonObject("weightsWithout").getJsonArray(day);
        return new Weights(number(weights, 0), number(weights, 1), number(weights, 2));
    }

    Priority asked(RecordedPhrase phrase) {
        return new Priority(phrase.signal(), phrase.bout(), Weapon.SABRE, weightsWithout(phrase.day()));
    }

    /** By weights that know nothing of the phrase's day. */
    public Decision decision(RecordedPhrase phrase) {
        return asked(phrase)
                .decision(
                        Rule.PRIORITY.ruleName(),
                        Rule.CLASSIC
                                .decide(phrase.signal(), phrase.bout(), Weapon.SABRE)
                                .analysis());
    }

    private static double number(JsonArray numbers, int index) {
        return numbers.getJsonNumber(index).doubleValue();
    }
}
