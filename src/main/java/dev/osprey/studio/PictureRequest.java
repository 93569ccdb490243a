package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A picture that somebody wants of words.
 *
 * @param style any text; the words of known ones are put behind the prompt
 * @param width in pixels, 64 to 2048, a multiple of 8, as {@code height}
 * @param steps 1 to 150; the model's own where the client names none
 * @param guidance 1 to 20, likewise
 * @param seed drawn by chance where there is none
 */
record PictureRequest(
        String prompt,
        String negativePrompt,
        String style,
        int width,
        int height,
        OptionalInt steps,
        OptionalDouble guidance,
        OptionalLong seed) {

    static final int MAX_PROMPT_CHARACTERS = 4_000;
    private static final int MAX_STYLE_CHARACTERS = 200;
    private static final String DEFAULT_STYLE = "realistic";
    private static final int MIN_SIDE = 64;
    private static final int MAX_SIDE = 2_048;
    private static final int DEFAULT_SIDE = 512;
    private static final int MULTIPLE = 8;
    private static final int MAX_STEPS = 150;
    private static final double MAX_GUIDANCE = 20;

    /** Whole numbers that JSON's readers keep exactly. */
    private static final long MAX_SEED = (1L << 53) - 1;

    /** {@code protocols/studio.md}, 4.2, of a body with a prompt; what is wrong is added to the faults. */
    static Optional<PictureRequest> read(JsonObject body, List<Fault> faults) {
        Fields fields = new Fields(body, faults);
        PictureRequest request = new PictureRequest(
                fields.text("prompt", MAX_PROMPT_CHARACTERS),
                fields.text("negative_prompt", MAX_PROMPT_CHARACTERS),
                style(fields),
                side(fields, "width"),
                side(fields, "height"),
                fields.has("steps")
                        ? OptionalInt.of((int) fields.whole("steps", 1, 1, MAX_STEPS))
                        : OptionalInt.empty(),
                fields.has("guidance_scale")
                        ? OptionalDouble.of(fields.number("guidance_scale", 1, 1, MAX_GUIDANCE))
                        : OptionalDouble.empty(),
                fields.has("seed") ? OptionalLong.of(fields.whole("seed", 0, 0, MAX_SEED)) : OptionalLong.empty());
        return faults.isEmpty() ? Optional.of(request) : Optional.empty();
    }

    private static String style(Fields fields) {
        String style = fields.text(fields.has("style") ? "style" : "art_style", MAX_STYLE_CHARACTERS);
        return style.isBlank() ? DEFAULT_STYLE : style;
    }

    private static int side(Fields fields, String name) {
        return (int) fields.whole(name, DEFAULT_SIDE, MIN_SIDE, MAX_SIDE) / MULTIPLE * MULTIPLE;
    }

    PictureRequest withSeed(long drawn) {
        return new PictureRequest(
                prompt, negativePrompt, style, width, height, steps, guidance, OptionalLong.of(drawn));
    }

    /** As a job keeps it. */
    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("prompt", prompt)
                .add("style", style)
                .add("width", width)
                .add("height", height);
        if (!negativePrompt.isEmpty()) {
            json.add("negative_prompt", negativePrompt);
        }
        steps.ifPresent(value -> json.add("steps", value));
        guidance.ifPresent(value -> json.add("guidance_scale", value));
        seed.ifPresent(value -> json.add("seed", value));
        return json.build();
    }

    static PictureRequest ofJson(String text) {
        return read(Fields.object(text).orElseThrow(), new ArrayList<>()).orElseThrow();
    }
}
