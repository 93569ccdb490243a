package dev.osprey.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.diffusion.DiffusionModel.Network;
import dev.osprey.diffusion.TextToImage.Painted;
import dev.osprey.diffusion.TextToImage.Request;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.Catalogue;
import dev.osprey.model.TestRepository;
import jakarta.json.JsonPatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is run when and what is told, with networks whose answers can be worked out. */
class TextToImageTest {

    /** Of four tokens two are words. The letters of "lard" have tokens, the word has none. */
    private static final String VOCABULARY = """
            {"<|startoftext|>": 0, "<|endoftext|>": 1, "red</w>": 2, "ball</w>": 3, "r": 4, "e": 5, "d</w>": 6, "re": 7,
             "b": 8, "a": 9, "l": 10, "l</w>": 11, "ba": 12, "ll</w>": 13, ",</w>": 14}
            """;

    private static final String MERGES = "#version: 0.2\nr e\nre d</w>\nb a\nl l</w>\nba ll</w>\n";

    private final Path folder;
    private final TestRepository repository;
    private final Log log = new Log();

    TextToImageTest(@TempDir Path folder) {
        this.folder = folder;
        this.repository = new TestRepository(folder);
    }

    @BeforeEach
    void installNetworks() throws IOException {
        install(2, patch -> patch, "{\"_class_name\": \"EulerDiscreteScheduler\"}");
    }

    private void install(int maxBatch, UnaryOperator<JsonPatchBuilder> denoiser, String scheduler) throws IOException {
        repository.addTextToImage(maxBatch, denoiser);
        Files.writeString(folder.resolve("text-encoder/1/vocab.json"), VOCABULARY);
        Files.writeString(folder.resolve("text-encoder/1/merges.txt"), MERGES);
        Files.writeString(folder.resolve("denoiser/1/scheduler.json"), scheduler);
    }

    private TextToImage textToImage() {
        Catalogue catalogue = Catalogue.read(folder);
        return TextToImage.read(model(catalogue, "text-encoder", "denoiser", "image-decoder"), catalogue);
    }

    private static DiffusionModel model(Catalogue catalogue, String textEncoder, String denoiser, String decoder) {
        return new DiffusionModel(
                new Network(catalogue.manifest(textEncoder), 1),
                new Network(catalogue.manifest(denoiser), 1),
                new Network(catalogue.manifest(decoder), 1));
    }

    /** Answers as the networks of the test repository would, and writes down what it is asked and told. */
    private static final class Log implements DiffusionNetworks, TextToImage.Watcher {

        private final List<String> lines = new ArrayList<>();
        private float prediction = 0.25f;

        @Override
        public float[] encode(int batch, int[] tokens) {
            lines.add("encode %d %s".formatted(batch, Arrays.toString(tokens)));
            float[] embeddings = new float[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                embeddings[i] = tokens[i];
            }
            return embeddings;
        }

        @Override
        public float[] denoise(int batch, float[] latents, float timestep, float[] condition) {
            lines.add("denoise %d at %.0f %s".formatted(batch, timestep, Arrays.toString(condition)));
            assertEquals(12 * batch, latents.length);
            float[] answer = new float[latents.length];
            for (int i = 0; i < answer.length; i++) {
                answer[i] = prediction * condition[i / 12 * 4 + 1] + latents[i] / 8;
            }
            return answer;
        }

        @Override
        public byte[] decode(float[] latents) {
            lines.add("decode");
            byte[] pixels = new byte[latents.length];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) (16 * latents[i]);
            }
            return pixels;
        }

        @Override
        public void stepped(int done, int steps) {
            lines.add(done + " of " + steps);
        }

        @Override
        public void previewed(byte[] rgb, int done, int steps) {
            lines.add("preview after %d of %d".formatted(done, steps));
            assertEquals(12, rgb.length);
        }

        long count(String beginning) {
            return lines.stream().filter(line -> line.startsWith(beginning)).count();
        }
    }

    private static Request request(String prompt, int steps, float guidance) {
        return new Request(prompt, "", 7, steps, guidance, 0);
    }

    @Test
    void readsTheTextThenStepsThenDecodes() {
        Painted painted = textToImage().paint(request("Red  ball", 3, 1), log, log);
        assertEquals(
                List.of(
                        "encode 1 [0, 2, 3, 1]",
                        "denoise 1 at 999 [0.0, 2.0, 3.0, 1.0]",
                        "1 of 3",
                        "denoise 1 at 500 [0.0, 2.0, 3.0, 1.0]",
                        "2 of 3",
                        "denoise 1 at 0 [0.0, 2.0, 3.0, 1.0]",
                        "3 of 3",
                        "decode"),
                log.lines);
        assertEquals(12, painted.rgb().length);
        assertEquals(2, painted.width());
        assertEquals(2, painted.height());
        assertEquals(7, painted.seed());
        assertEquals(3, painted.steps());
        assertEquals(1, painted.guidance());
        assertEquals(List.of(), painted.unknownWords());
        assertEquals("", painted.cut());
    }

    @Test
    void guidesInOneRunOfBothTexts() {
        Painted painted = textToImage().paint(new Request("ball", "red", 7, 2, 3.5f, 0), log, log);
        assertEquals("encode 2 [0, 2, 1, 1, 0, 3, 1, 1]", log.lines.get(0));
        assertEquals(2, log.count("denoise 2 at"));
        assertEquals(3.5f, painted.guidance());
    }

    @Test
    void guidesInTwoRunsWhereANetworkTakesOne() throws IOException {
        Request request = new Request("ball", "red", 7, 2, 3.5f, 0);
        byte[] inOneRun = textToImage().paint(request, log, log).rgb();
        log.lines.clear();
        install(1, patch -> patch, "{\"_class_name\": \"EulerDiscreteScheduler\"}");
        byte[] inTwoRuns = textToImage().paint(request, log, log).rgb();
        assertEquals(
                List.of(
                        "encode 1 [0, 2, 1, 1]",
                        "encode 1 [0, 3, 1, 1]",
                        "denoise 1 at 999 [0.0, 2.0, 1.0, 1.0]",
                        "denoise 1 at 999 [0.0, 3.0, 1.0, 1.0]",
                        "1 of 2"),
                log.lines.subList(0, 5));
        assertArrayEquals(inOneRun, inTwoRuns);
    }

    @Test
    void doesNotGuideWhereTheModelWasNotMadeForIt() throws IOException {
        install(2, patch -> patch.replace("/sampler/defaultGuidance", 1), "{\"_class_name\": \"LCMScheduler\"}");
        Painted painted = textToImage().paint(new Request("ball", "lard", 7, 2, 7.5f, 0), log, log);
        assertEquals(1, painted.guidance());
        assertEquals(List.of(), painted.unknownWords());
        assertEquals(2, log.count("denoise 1 at"));
        assertEquals(0, log.count("denoise 2"));
    }

    @Test
    void doesNotTakeMoreStepsThanTheModelIsGoodFor() {
        assertEquals(8, textToImage().paint(request("ball", 150, 1), log, log).steps());
        assertEquals(8, log.count("denoise"));
    }

    @Test
    void showsWhatItForeseesEverySoManySteps() {
        textToImage().paint(new Request("ball", "", 7, 6, 1, 2), log, log);
        assertEquals(
                List.of(
                        "1 of 6",
                        "2 of 6",
                        "decode",
                        "preview after 2 of 6",
                        "3 of 6",
                        "4 of 6",
                        "decode",
                        "preview after 4 of 6",
                        "5 of 6",
                        "6 of 6",
                        "decode"),
                log.lines.stream()
                        .filter(line -> !line.startsWith("encode") && !line.startsWith("denoise"))
                        .toList());
    }

    @Test
    void tellsWordsThatAClosedVocabularyDoesNotHaveAndLeavesThemOut() {
        Painted painted =
                textToImage().paint(new Request("a lard, RED green ball!", "lard zebra", 7, 1, 2, 0), log, log);
        assertEquals("encode 2 [0, 1, 1, 1, 0, 2, 3, 1]", log.lines.get(0));
        assertEquals(List.of("a", "green", "lard", "zebra"), painted.unknownWords());
        assertEquals("", painted.cut());
    }

    @Test
    void tellsOfAnOpenVocabularyOnlyWhatCannotEvenBeSpelt() throws IOException {
        Path manifest = folder.resolve("text-encoder/model.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"closed\"", "\"open\""));
        Painted painted = textToImage().paint(request("red lard", 1, 1), log, log);
        assertEquals("encode 1 [0, 2, 10, 1]", log.lines.get(0));
        assertEquals(List.of(), painted.unknownWords());
        assertEquals("lard", painted.cut());
        assertEquals(
                List.of("x"),
                textToImage().paint(request("x red", 1, 1), log, log).unknownWords());
    }

    @Test
    void tellsWhatThereWasNoRoomFor() {
        Painted painted = textToImage().paint(new Request("red ball Red lard", "ball ball ball", 7, 1, 2, 0), log, log);
        assertEquals("encode 2 [0, 3, 3, 1, 0, 2, 3, 1]", log.lines.get(0));
        assertEquals("red lard", painted.cut());
        assertEquals("ball", painted.negativeCut());
    }

    @Test
    void paintsTheSameOfTheSameSeedAlone() throws IOException {
        install(2, patch -> patch, "{\"_class_name\": \"LCMScheduler\"}");
        TextToImage textToImage = textToImage();
        byte[] first = textToImage.paint(request("ball", 4, 1), log, log).rgb();
        assertArrayEquals(
                first, textToImage.paint(request("ball", 4, 1), log, log).rgb());
        Request other = new Request("ball", "", 8, 4, 1, 0);
        assertFalse(Arrays.equals(first, textToImage.paint(other, log, log).rgb()));
    }

    @Test
    void endsWhereNobodyWantsToWatchAnyMore() {
        OspreyException cancelled = new OspreyException(ErrorCode.CANCELLED, "Nobody wants it");
        TextToImage.Watcher impatient = new TextToImage.Watcher() {
            @Override
            public void stepped(int done, int steps) {
                if (done == 2) {
                    throw cancelled;
                }
            }

            @Override
            public void previewed(byte[] rgb, int done, int steps) {
                throw new AssertionError("not asked for");
            }
        };
        assertEquals(cancelled, assertThrows(OspreyException.class, () -> textToImage()
                .paint(request("ball", 4, 1), log, impatient)));
        assertEquals(2, log.count("denoise"));
        assertEquals(0, log.count("decode"));
    }

    @Test
    void refusesWhatIsNoNumber() {
        log.prediction = Float.NaN;
        OspreyException failure =
                assertThrows(OspreyException.class, () -> textToImage().paint(request("ball", 4, 1), log, log));
        assertEquals(ErrorCode.MODEL_FAILED, failure.code());
        assertEquals("\"denoiser\" answered with what is no number", failure.detail());
        assertEquals(1, log.count("denoise"));
        assertEquals(0, log.count("1 of"));
    }

    @Test
    void refusesRequestsThatMakeNoSense() {
        for (Executable senseless : List.<Executable>of(
                () -> new Request("", "", 1, 0, 1, 0),
                () -> new Request("", "", 1, 1, Float.NaN, 0),
                () -> new Request("", "", 1, 1, 1, -1))) {
            assertEquals(
                    ErrorCode.SETTING_INVALID,
                    assertThrows(OspreyException.class, senseless).code());
        }
    }

    @Test
    void refusesASchedulerThatHasNotAsManySteps() throws IOException {
        install(2, patch -> patch, "{\"_class_name\": \"LCMScheduler\", \"original_inference_steps\": 4}");
        OspreyException refusal = assertThrows(OspreyException.class, this::textToImage);
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        assertEquals(
                "sampler.maxSteps of \"denoiser\" does not fit its scheduler.json:"
                        + " expected 1 to 4 steps for this model, found 8",
                refusal.detail());
    }

    @Test
    void refusesNetworksThatDoNotFitTogether() {
        repository.addTextToImage(2, patch -> patch.replace("/input/shape/0", 4)
                .replace("/output/shape/0", 4)
                .replace("/condition/shape/1", 2));
        Catalogue catalogue = Catalogue.read(folder);
        assertEquals(
                "\"text-encoder\" answers with [4, 1], but the condition of \"denoiser\" is [4, 2];"
                        + " \"denoiser\" has latents of [4, 2, 2], but \"image-decoder\" takes [3, 2, 2]",
                assertThrows(OspreyException.class, () -> model(catalogue, "text-encoder", "denoiser", "image-decoder"))
                        .detail());
        assertEquals(
                "\"image-decoder\" is of the kind image-decoder, expected text-encoder;"
                        + " \"text-encoder\" is of the kind text-encoder, expected image-decoder",
                assertThrows(OspreyException.class, () -> model(catalogue, "image-decoder", "denoiser", "text-encoder"))
                        .detail());
    }
}
