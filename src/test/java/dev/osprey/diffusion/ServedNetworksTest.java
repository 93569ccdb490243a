package dev.osprey.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.diffusion.DiffusionModel.Network;
import dev.osprey.diffusion.TextToImage.Painted;
import dev.osprey.diffusion.TextToImage.Request;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures made by networks that are served, against those that diffusers' own pipeline makes with the same weights of the same
 * noise; both are written by models/export/text_to_image_reference.py.
 */
class ServedNetworksTest {

    private static final Path GOLDEN = Path.of("src/test/resources/diffusion/text-to-image");

    /** Of the value, where it is above 1. */
    private static final float TOLERANCE = 1e-3f;

    private static final TextToImage.Watcher NOBODY = new TextToImage.Watcher() {
        @Override
        public void stepped(int done, int steps) {
            assertTrue(done <= steps);
        }

        @Override
        public void previewed(byte[] rgb, int done, int steps) {
            throw new AssertionError("not asked for");
        }
    };

    private final Path folder;
    private final Cancellation cancellation = new Cancellation();
    private WarmModels models;

    ServedNetworksTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** The networks with manifests that allow what the cases need: guidance, both texts in a run, more steps. */
    @BeforeEach
    void serve() throws IOException {
        for (String name : List.of("text-encoder", "denoiser", "image-decoder")) {
            copy(name);
        }
        change("text-encoder", "\"max\": 1", "\"max\": 2");
        change("denoiser", "\"max\": 1", "\"max\": 2");
        change("denoiser", "\"maxSteps\": 4", "\"maxSteps\": 10");
        change("denoiser", "\"defaultGuidance\": 1", "\"defaultGuidance\": 7.5");
        models = WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"));
        models.loadAll();
    }

    @AfterEach
    void close() {
        models.close();
    }

    private void copy(String name) throws IOException {
        Path source = GOLDEN.resolve(name);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target =
                        folder.resolve(name).resolve(source.relativize(file).toString());
                Files.createDirectories(target.resolveSibling("."));
                Files.copy(file, target);
            }
        }
    }

    private void change(String name, String from, String to) throws IOException {
        Path manifest = folder.resolve(name).resolve("model.json");
        String text = Files.readString(manifest);
        assertTrue(text.contains(from), text);
        Files.writeString(manifest, text.replace(from, to));
    }

    private void schedule(String config) throws IOException {
        Files.writeString(folder.resolve("denoiser/1/scheduler.json"), config);
    }

    private DiffusionModel model() {
        return new DiffusionModel(network("text-encoder"), network("denoiser"), network("image-decoder"));
    }

    private Network network(String name) {
        try (Lease lease = models.lease(name)) {
            return new Network(lease.manifest(), lease.version());
        }
    }

    private DiffusionNetworks networks(DiffusionModel model) {
        return new ServedNetworks(model, (name, run) -> {
            try (Lease lease = models.lease(name)) {
                run.on(lease, cancellation);
            }
        });
    }

    private static List<JsonObject> golden() throws IOException {
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(GOLDEN.resolve("pictures.json"), UTF_8))) {
            return reader.readObject().getJsonArray("pictures").getValuesAs(JsonObject.class);
        }
    }

    private static float[] floats(JsonArray numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers.getJsonNumber(i).doubleValue();
        }
        return values;
    }

    @Test
    void paintsTheReferencesPicturesOfTheReferencesNoise() throws IOException {
        DiffusionModel model = model();
        DiffusionNetworks networks = networks(model);
        int pictures = 0;
        for (JsonObject expected : golden()) {
            schedule(expected.getJsonObject("config").toString());
            TextToImage textToImage = TextToImage.read(model, models.catalogue());
            int steps = expected.getInt("steps");
            float guidance = (float) expected.getJsonNumber("guidance").doubleValue();
            Request request = new Request(
                    expected.getString("prompt"), expected.getString("negativePrompt"), 0, steps, guidance, 0);
            Queue<float[]> noise = new ArrayDeque<>();
            for (JsonArray drawn : expected.getJsonArray("noise").getValuesAs(JsonArray.class)) {
                noise.add(floats(drawn));
            }
            float[] latents = textToImage.latents(
                    textToImage.texts(request), steps, 0, count -> noise.remove(), networks, NOBODY);
            assertEquals(0, noise.size());
            assertClose(floats(expected.getJsonArray("latents")), latents, request.toString());
            assertPixels(expected.getJsonArray("pixels"), networks.decode(latents), request.toString());
            pictures++;
        }
        assertEquals(6, pictures);
    }

    private static void assertClose(float[] expected, float[] found, String what) {
        assertEquals(expected.length, found.length, what);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], TOLERANCE * Math.max(1, Math.abs(expected[i])), what);
        }
    }

    /** One step of 255 apart where rounding is close. */
    private static void assertPixels(JsonArray expected, byte[] found, String what) {
        assertEquals(expected.size(), found.length, what);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected.getInt(i), Byte.toUnsignedInt(found[i]), 1, what);
        }
    }

    @Test
    void paintsTheSamePictureOfTheSameSeedToTheByte() {
        DiffusionModel model = model();
        TextToImage textToImage = TextToImage.read(model, models.catalogue());
        Request request = new Request("a red ball", "blue", 42, 4, 3, 0);
        Painted first = textToImage.paint(request, networks(model), NOBODY);
        Painted second = textToImage.paint(request, networks(model), NOBODY);
        assertEquals(16, first.width());
        assertEquals(3 * 16 * 16, first.rgb().length);
        assertArrayEquals(first.rgb(), second.rgb());
        Request other = new Request("a red ball", "blue", 43, 4, 3, 0);
        assertFalse(Arrays.equals(
                first.rgb(), textToImage.paint(other, networks(model), NOBODY).rgb()));
    }

    @Test
    void readsThePrompt() {
        DiffusionModel model = model();
        TextToImage textToImage = TextToImage.read(model, models.catalogue());
        float[] latents = latents(textToImage, "a red ball", networks(model));
        assertFalse(Arrays.equals(latents, latents(textToImage, "a blue cup", networks(model))));
    }

    private static float[] latents(TextToImage textToImage, String prompt, DiffusionNetworks networks) {
        Request request = new Request(prompt, "", 1, 2, 1, 0);
        return textToImage.latents(textToImage.texts(request), 2, 0, Noise.seeded(1), networks, NOBODY);
    }

    @Test
    void endsTheRunThatNobodyWantsAnyMore() {
        DiffusionModel model = model();
        TextToImage textToImage = TextToImage.read(model, models.catalogue());
        TextToImage.Watcher canceller = new TextToImage.Watcher() {
            @Override
            public void stepped(int done, int steps) {
                assertEquals(1, done);
                cancellation.request();
            }

            @Override
            public void previewed(byte[] rgb, int done, int steps) {
                throw new AssertionError("not asked for");
            }
        };
        OspreyException cancelled = assertThrows(
                OspreyException.class,
                () -> textToImage.paint(new Request("a", "", 1, 4, 1, 0), networks(model), canceller));
        assertEquals(ErrorCode.CANCELLED, cancelled.code());
    }

    @Test
    void refusesToGoOnWithAnotherVersion() throws IOException {
        DiffusionModel model = model();
        TextToImage textToImage = TextToImage.read(model, models.catalogue());
        TextToImage.Watcher operator = new TextToImage.Watcher() {
            @Override
            public void stepped(int done, int steps) {
                models.unload("denoiser");
                models.load("denoiser");
            }

            @Override
            public void previewed(byte[] rgb, int done, int steps) {
                throw new AssertionError("not asked for");
            }
        };
        change("denoiser", "\"maxSteps\": 10", "\"maxSteps\": 9");
        OspreyException refusal = assertThrows(
                OspreyException.class,
                () -> textToImage.paint(new Request("a", "", 1, 4, 1, 0), networks(model), operator));
        assertEquals(ErrorCode.MODEL_NOT_READY, refusal.code());
        assertEquals("The model \"denoiser\" was replaced while it was in use", refusal.detail());
    }
}
