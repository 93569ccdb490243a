package dev.osprey.diffusion;

import dev.osprey.diffusion.NoiseSchedule.Betas;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model was trained to be asked, as {@code scheduler_config.json} of a public export says it: {@code _class_name}
 * ({@code DDIMScheduler}, {@code EulerDiscreteScheduler} or {@code LCMScheduler}) and that class's settings. What is
 * absent has diffusers' default, which depends on the class; what is not said here and would change the picture is
 * refused, the rest ignored. Immutable.
 */
final class SamplerConfig {

    private static final int MOST_TIMESTEPS = 100_000;

    /** Of diffusers: settings of which only the default is supported. */
    private static final Map<String, JsonValue> ONLY = Map.of(
            "trained_betas", JsonValue.NULL,
            "thresholding", JsonValue.FALSE,
            "use_karras_sigmas", JsonValue.FALSE,
            "use_exponential_sigmas", JsonValue.FALSE,
            "use_beta_sigmas", JsonValue.FALSE,
            "interpolation_type", Json.createValue("linear"),
            "timestep_type", Json.createValue("discrete"),
            "final_sigmas_type", Json.createValue("zero"));

    private enum Kind {
        DDIM,
        EULER,
        LCM
    }

    private final Kind kind;
    private final float[] remaining;
    private final Spacing spacing;
    private final int offset;
    private final Prediction prediction;
    private final float clip;
    private final boolean alphaToOne;
    private final int distilled;
    private final double timestepScaling;

    private SamplerConfig(Reading config) {
        kind = config.choice(
                "_class_name",
                Map.of("DDIMScheduler", Kind.DDIM, "EulerDiscreteScheduler", Kind.EULER, "LCMScheduler", Kind.LCM),
                Optional.empty());
        boolean latent = kind == Kind.LCM;
        NoiseSchedule schedule = new NoiseSchedule(
                config.count("num_train_timesteps", 2, MOST_TIMESTEPS, 1000),
                config.number("beta_start", latent ? 0.00085 : 0.0001),
                config.number("beta_end", latent ? 0.012 : 0.02),
                config.choice(
                        "beta_schedule",
                        Map.of(
                                "linear", Betas.LINEAR,
                                "scaled_linear", Betas.SCALED_LINEAR,
                                "squaredcos_cap_v2", Betas.SQUARED_COSINE),
                        Optional.of(latent ? Betas.SCALED_LINEAR : Betas.LINEAR)),
                config.flag("rescale_betas_zero_snr", false));
        spacing = config.choice(
                "timestep_spacing",
                Map.of("leading", Spacing.LEADING, "linspace", Spacing.LINSPACE, "trailing", Spacing.TRAILING),
                Optional.of(kind == Kind.EULER ? Spacing.LINSPACE : Spacing.LEADING));
        offset = config.count("steps_offset", 0, schedule.timesteps() - 1, 0);
        prediction = config.choice(
                "prediction_type",
                Map.of(
                        "epsilon", Prediction.EPSILON,
                        "v_prediction", Prediction.VELOCITY,
                        "sample", Prediction.SAMPLE),
                Optional.of(Prediction.EPSILON));
        double range = config.number("clip_sample_range", 1);
        clip = config.flag("clip_sample", kind == Kind.DDIM) ? (float) range : Float.POSITIVE_INFINITY;
        alphaToOne = config.flag("set_alpha_to_one", true);
        distilled =
                config.count("original_inference_steps", 1, schedule.timesteps(), Math.min(50, schedule.timesteps()));
        timestepScaling = config.number("timestep_scaling", 10);
        config.check(
                0 < schedule.first() && schedule.first() <= schedule.last() && schedule.last() < 1,
                "beta_start and beta_end are not 0 < start <= end < 1");
        config.check(range > 0, "clip_sample_range is not above 0");
        config.check(timestepScaling > 0, "timestep_scaling is not above 0");
        config.check(
                !(schedule.zeroTerminalSnr() && prediction == Prediction.EPSILON && kind != Kind.EULER),
                "rescale_betas_zero_snr leaves nothing of the picture, which prediction_type epsilon divides by");
        ONLY.forEach(config::only);
        config.refuseProblems();
        remaining = schedule.remaining();
    }

    /** @throws OspreyException {@link ErrorCode#MODEL_INVALID} with every problem of the file */
    static SamplerConfig read(Path file) {
        try (InputStream stream = Files.newInputStream(file);
                JsonReader reader = Json.createReader(stream)) {
            return of(reader.readObject());
        } catch (IOException | JsonException unreadable) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID, file.getFileName() + " is no readable JSON object", unreadable);
        }
    }

    /** As {@link #read}. */
    static SamplerConfig of(JsonObject config) {
        return new SamplerConfig(new Reading(config));
    }

    /**
     * @param steps what a user asks for
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} for fewer than one or more than the model has timesteps for
     */
    Sampler start(int steps) {
        int most = kind == Kind.LCM ? distilled : remaining.length;
        if (steps < 1 || steps > most) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID, "expected 1 to " + most + " steps for this model, found " + steps);
        }
        if (kind == Kind.LCM) {
            int[] timesteps = Lcm.timesteps(remaining.length, distilled, steps);
            return new Lcm(timesteps, remaining, prediction, clip, timestepScaling);
        }
        double[] timesteps = spacing.timesteps(remaining.length, steps, offset);
        if (timesteps[0] > remaining.length - 1) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "expected fewer steps: with steps_offset " + offset + " the first of " + steps
                            + " is beyond the model's " + remaining.length + " timesteps");
        }
        if (kind == Kind.EULER) {
            return new Euler(timesteps, remaining, spacing == Spacing.LEADING, prediction);
        }
        int[] rounded = new int[steps];
        for (int step = 0; step < steps; step++) {
            rounded[step] = (int) Math.rint(timesteps[step]);
        }
        return new Ddim(rounded, remaining, alphaToOne ? 1 : remaining[0], prediction, clip);
    }

    /** The file's values by name; what is wrong with one is kept, and its default used, until all are read. */
    private static final class Reading {

        private final JsonObject values;
        private final List<String> problems = new ArrayList<>();

        Reading(JsonObject values) {
            this.values = values;
        }

        /** Null is what diffusers writes for what is not set. */
        private Optional<JsonValue> value(String name) {
            return Optional.ofNullable(values.get(name)).filter(value -> value != JsonValue.NULL);
        }

        void check(boolean fits, String problem) {
            if (!fits) {
                problems.add(problem);
            }
        }

        double number(String name, double absent) {
            Optional<JsonValue> value = value(name);
            if (value.isPresent() && value.get() instanceof JsonNumber number) {
                return number.doubleValue();
            }
            check(value.isEmpty(), name + " is no number");
            return absent;
        }

        int count(String name, int least, int most, int absent) {
            double number = number(name, absent);
            boolean fits = number >= least && number <= most && number == Math.rint(number);
            check(fits, name + " is no whole number from " + least + " to " + most);
            return fits ? (int) number : absent;
        }

        boolean flag(String name, boolean absent) {
            JsonValue value = value(name).orElse(absent ? JsonValue.TRUE : JsonValue.FALSE);
            check(value == JsonValue.TRUE || value == JsonValue.FALSE, name + " is neither true nor false");
            return value == JsonValue.TRUE;
        }

        <T> T choice(String name, Map<String, T> choices, Optional<T> absent) {
            Optional<JsonValue> value = value(name);
            Optional<T> chosen = value.isEmpty()
                    ? absent
                    : value.filter(JsonString.class::isInstance)
                            .map(text -> ((JsonString) text).getString())
                            .map(choices::get);
            check(
                    chosen.isPresent(),
                    name + " is none of "
                            + String.join(
                                    ", ", choices.keySet().stream().sorted().toList()));
            return chosen.or(() -> absent)
                    .orElseGet(() -> choices.values().iterator().next());
        }

        void only(String name, JsonValue supported) {
            JsonValue found = values.getOrDefault(name, supported);
            boolean unset = found == JsonValue.NULL;
            check(unset || found.equals(supported), name + " is supported only as " + supported);
        }

        void refuseProblems() {
            if (!problems.isEmpty()) {
                throw new OspreyException(ErrorCode.MODEL_INVALID, "scheduler_config: " + String.join("; ", problems));
            }
        }
    }
}
