package dev.osprey.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against diffusers; the numbers are written by models/export/schedulers_reference.py. */
class SamplerTest {

    private static final Path GOLDEN = Path.of("src/test/resources/diffusion/schedulers.json");

    /** Of the value, where it is above 1. */
    private static final float TOLERANCE = 1e-4f;

    private static final Noise NONE = count -> {
        throw new AssertionError("asked for noise");
    };

    private static List<JsonObject> golden(String list) throws IOException {
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(GOLDEN, UTF_8))) {
            return reader.readObject().getJsonArray(list).getValuesAs(JsonObject.class);
        }
    }

    private static float[] floats(JsonArray numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers.getJsonNumber(i).doubleValue();
        }
        return values;
    }

    private static void assertClose(JsonArray expected, float[] found, String what) {
        assertEquals(expected.size(), found.length, what);
        for (int i = 0; i < found.length; i++) {
            float value = (float) expected.getJsonNumber(i).doubleValue();
            assertEquals(value, found[i], TOLERANCE * Math.max(1, Math.abs(value)), what);
        }
    }

    private static float[] timesteps(Sampler sampler) {
        float[] timesteps = new float[sampler.steps()];
        for (int step = 0; step < timesteps.length; step++) {
            timesteps[step] = sampler.timestep(step);
        }
        return timesteps;
    }

    private static Noise noise(JsonObject step) {
        return step.containsKey("noise") ? count -> floats(step.getJsonArray("noise")) : NONE;
    }

    @Test
    void takesEachStepAsTheReference() throws IOException {
        List<JsonObject> runs = golden("runs");
        assertTrue(runs.size() > 70, "configurations");
        for (JsonObject run : runs) {
            Sampler sampler = SamplerConfig.of(run.getJsonObject("config")).start(run.getInt("steps"));
            assertEquals(run.getInt("steps"), sampler.steps());
            assertClose(run.getJsonArray("timesteps"), timesteps(sampler), run.toString());
            float scale = (float) run.getJsonNumber("initialScale").doubleValue();
            assertEquals(scale, sampler.initialScale(), TOLERANCE * scale, run.toString());
            float[] sample = floats(run.getJsonArray("sample"));
            JsonArray each = run.getJsonArray("each");
            for (int step = 0; step < sampler.steps(); step++) {
                JsonObject expected = each.getJsonObject(step);
                String what = "step " + step + " of " + run;
                assertClose(expected.getJsonArray("input"), sampler.input(step, sample), what);
                Sampler.Step found =
                        sampler.step(step, floats(expected.getJsonArray("output")), sample, noise(expected));
                assertClose(expected.getJsonArray("sample"), found.sample(), what);
                assertClose(expected.getJsonArray("denoised"), found.denoised(), what);
                sample = floats(expected.getJsonArray("sample"));
            }
        }
    }

    @Test
    void endsAsTheReferenceAfterAllSteps() throws IOException {
        for (JsonObject run : golden("runs")) {
            Sampler sampler = SamplerConfig.of(run.getJsonObject("config")).start(run.getInt("steps"));
            float[] sample = floats(run.getJsonArray("sample"));
            JsonArray each = run.getJsonArray("each");
            for (int step = 0; step < sampler.steps(); step++) {
                JsonObject expected = each.getJsonObject(step);
                sample = sampler.step(step, floats(expected.getJsonArray("output")), sample, noise(expected))
                        .sample();
            }
            assertClose(each.getJsonObject(each.size() - 1).getJsonArray("sample"), sample, run.toString());
        }
    }

    @Test
    void takesTheTimestepsOfTheReference() throws IOException {
        for (JsonObject spacing : golden("spacings")) {
            SamplerConfig config = SamplerConfig.of(spacing.getJsonObject("config"));
            for (Map.Entry<String, JsonValue> entry :
                    spacing.getJsonObject("timesteps").entrySet()) {
                List<JsonNumber> expected = entry.getValue().asJsonArray().getValuesAs(JsonNumber.class);
                int steps = Integer.parseInt(entry.getKey());
                float[] found = timesteps(config.start(steps));
                // where diffusers has a step too many, of timestep -1, we do not
                assertTrue(expected.size() == steps || expected.get(steps).intValue() == -1, entry.toString());
                for (int step = 0; step < steps; step++) {
                    assertEquals(expected.get(step).doubleValue(), found[step], 1e-4, entry.toString());
                }
            }
        }
    }

    @Test
    void leavesNothingOfThePictureWithZeroTerminalSnr() {
        for (NoiseSchedule.Betas betas : NoiseSchedule.Betas.values()) {
            float[] rescaled = new NoiseSchedule(1000, 0.00085, 0.012, betas, true).remaining();
            float[] plain = new NoiseSchedule(1000, 0.00085, 0.012, betas, false).remaining();
            assertEquals(0, rescaled[999]);
            assertEquals(plain[0], rescaled[0], 1e-6);
            for (int t = 1; t < 1000; t++) {
                assertTrue(rescaled[t] < rescaled[t - 1] && plain[t] < plain[t - 1], betas + " falls at " + t);
            }
        }
    }

    /** A denoiser that knows the picture leads there, whatever it is asked for and however often. */
    @Test
    void findsThePictureOfADenoiserThatKnowsIt() {
        float[] picture = {-0.9f, -0.2f, 0, 0.3f, 1};
        for (String kind : List.of("DDIMScheduler", "EulerDiscreteScheduler", "LCMScheduler")) {
            for (int steps : new int[] {1, 2, 7, 50}) {
                Sampler sampler = SamplerConfig.of(
                                config("\"_class_name\":\"" + kind + "\",\"prediction_type\":\"sample\""))
                        .start(steps);
                Noise noise = Noise.seeded(steps);
                float[] sample = sampler.initial(noise, picture.length);
                for (int step = 0; step < steps; step++) {
                    sample = sampler.step(step, picture, sample, noise).sample();
                }
                assertArrayEquals(picture, sample, 1e-3f, kind + " in " + steps);
            }
        }
    }

    @Test
    void changesNothingThatItIsGivenAndRefusesWhatDoesNotFit() {
        for (String kind : List.of("DDIMScheduler", "EulerDiscreteScheduler", "LCMScheduler")) {
            Sampler sampler =
                    SamplerConfig.of(config("\"_class_name\":\"" + kind + "\"")).start(3);
            float[] sample = {1, 2};
            float[] output = {3, 4};
            float[] once = sampler.step(1, output, sample, Noise.seeded(0)).sample();
            sampler.input(1, sample);
            sampler.step(2, output, sample, NONE);
            assertThrows(IllegalArgumentException.class, () -> sampler.step(1, new float[4], sample, NONE));
            assertArrayEquals(new float[] {1, 2}, sample);
            assertArrayEquals(new float[] {3, 4}, output);
            assertArrayEquals(
                    once, sampler.step(1, output, sample, Noise.seeded(0)).sample());
        }
    }

    private static JsonObject config(String members) {
        try (JsonReader reader = Json.createReader(new StringReader("{" + members + "}"))) {
            return reader.readObject();
        }
    }

    @Test
    void refusesMoreStepsThanTheModelHas() {
        SamplerConfig ddim = SamplerConfig.of(
                config("\"_class_name\":\"DDIMScheduler\",\"num_train_timesteps\":20,\"steps_offset\":1"));
        SamplerConfig lcm = SamplerConfig.of(config("\"_class_name\":\"LCMScheduler\""));
        assertEquals(19, ddim.start(19).timestep(0));
        assertEquals(50, lcm.start(50).steps());
        assertRefused(ErrorCode.SETTING_INVALID, () -> ddim.start(20));
        assertRefused(ErrorCode.SETTING_INVALID, () -> ddim.start(21));
        assertRefused(ErrorCode.SETTING_INVALID, () -> ddim.start(0));
        assertRefused(ErrorCode.SETTING_INVALID, () -> lcm.start(51));
    }

    private static String assertRefused(ErrorCode code, Runnable refused) {
        OspreyException thrown = assertThrows(OspreyException.class, refused::run);
        assertEquals(code, thrown.code());
        return thrown.detail();
    }

    @Test
    void saysEverythingThatIsWrongWithAConfiguration() {
        String detail = assertRefused(
                ErrorCode.MODEL_INVALID,
                () -> SamplerConfig.of(config("\"_class_name\":\"PNDMScheduler\",\"beta_start\":0,\"beta_schedule\":7,"
                        + "\"num_train_timesteps\":1.5,\"clip_sample\":\"no\",\"use_karras_sigmas\":true,"
                        + "\"timestep_spacing\":\"even\",\"timestep_scaling\":-1,\"sigma_max\":80")));
        for (String name : List.of(
                "_class_name is none of DDIMScheduler, EulerDiscreteScheduler, LCMScheduler",
                "beta_start",
                "beta_schedule",
                "num_train_timesteps",
                "clip_sample is neither",
                "use_karras_sigmas",
                "timestep_spacing",
                "timestep_scaling")) {
            assertTrue(detail.contains(name), detail);
        }
        assertTrue(!detail.contains("sigma_max"), detail);
    }

    @Test
    void refusesToDivideByNothing() {
        String zero = "\"rescale_betas_zero_snr\":true,\"_class_name\":";
        assertRefused(ErrorCode.MODEL_INVALID, () -> SamplerConfig.of(config(zero + "\"DDIMScheduler\"")));
        assertRefused(ErrorCode.MODEL_INVALID, () -> SamplerConfig.of(config(zero + "\"LCMScheduler\"")));
        assertEquals(
                4096,
                SamplerConfig.of(config(zero + "\"EulerDiscreteScheduler\""))
                        .start(5)
                        .initialScale(),
                1);
    }

    @Test
    void readsTheFileOfAPublicExport(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(file, """
                {"_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.24.0", "beta_end": 0.012,
                 "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
                 "interpolation_type": "linear", "num_train_timesteps": 1000, "prediction_type": "epsilon",
                 "sample_max_value": 1.0, "set_alpha_to_one": false, "sigma_max": null, "sigma_min": null,
                 "skip_prk_steps": true, "steps_offset": 1, "timestep_spacing": "trailing",
                 "timestep_type": "discrete", "trained_betas": null, "use_karras_sigmas": false}
                """);
        Sampler sampler = SamplerConfig.read(file).start(1);
        assertEquals(999, sampler.timestep(0));
        assertEquals(14.6146, sampler.initialScale(), 1e-3);
        Files.writeString(file, "[1]");
        assertRefused(ErrorCode.MODEL_INVALID, () -> SamplerConfig.read(file));
        assertRefused(ErrorCode.MODEL_INVALID, () -> SamplerConfig.read(folder.resolve("none.json")));
    }
}
