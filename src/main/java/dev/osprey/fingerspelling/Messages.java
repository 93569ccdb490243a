package dev.osprey.fingerspelling;

import dev.osprey.hands.Hand;
import dev.osprey.stream.Reply;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The messages to a client, by their specification in the protocol; the hands are an extension. */
final class Messages {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());
    private static final int PROBABILITY_DECIMALS = 4;
    private static final int COORDINATE_DECIMALS = 5;

    private Messages() {}

    /** Under the names of every version of the protocol. */
    static Reply result(Result result) {
        BigDecimal probability = rounded(result.probability(), PROBABILITY_DECIMALS);
        JsonObjectBuilder message = JSON.createObjectBuilder()
                .add("maxarg_letter", result.letter())
                .add("target_arg_prob", probability)
                .add("detected_word_letter", result.detected())
                .add("target_lettr_prob", probability)
                .add("target_word_prob", rounded(result.wordProbability(), PROBABILITY_DECIMALS));
        if (result.word() != null) {
            message.add("maxarg_word", result.word());
        }
        return text(message);
    }

    static Reply error(String sentence) {
        return text(JSON.createObjectBuilder().add("error", sentence));
    }

    /** The hands of one frame, for a client that asked for them. */
    static Reply hands(Seen seen) {
        JsonArrayBuilder hands = JSON.createArrayBuilder();
        seen.hands().forEach(hand -> hands.add(hand(hand)));
        JsonObjectBuilder message = JSON.createObjectBuilder().add("hands", hands);
        if (seen.timestamp() != null) {
            message.add("timestamp", seen.timestamp());
        }
        return text(message.add("clip_frames", seen.clipFrames())
                .add("clip_length", seen.clipLength())
                .add("distributions", seen.distributions())
                .add("distributions_needed", seen.distributionsNeeded())
                .add("model", seen.model()));
    }

    private static JsonObjectBuilder hand(Hand hand) {
        JsonArrayBuilder points = JSON.createArrayBuilder();
        float[] landmarks = hand.landmarks();
        for (int i = 0; i < landmarks.length; i += 3) {
            points.add(JSON.createArrayBuilder(List.of(
                    rounded(landmarks[i], COORDINATE_DECIMALS),
                    rounded(landmarks[i + 1], COORDINATE_DECIMALS),
                    rounded(landmarks[i + 2], COORDINATE_DECIMALS))));
        }
        return JSON.createObjectBuilder()
                .add("side", hand.side().name().toLowerCase(Locale.ROOT))
                .add("presence", rounded(hand.presence(), PROBABILITY_DECIMALS))
                .add("landmarks", points);
    }

    /** To the nearest, ties to even on the binary value, with at least one decimal: as the first implementation writes numbers. */
    static BigDecimal rounded(double value, int decimals) {
        BigDecimal rounded =
                new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return rounded.scale() < 1 ? rounded.setScale(1, RoundingMode.UNNECESSARY) : rounded;
    }

    private static Reply text(JsonObjectBuilder message) {
        return new Reply.Text(message.build().toString());
    }
}
