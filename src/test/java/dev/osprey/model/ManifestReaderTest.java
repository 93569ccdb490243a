package dev.osprey.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Interpolation;
import dev.osprey.imaging.Palette;
import jakarta.json.Json;
import jakarta.json.JsonPatchBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {

    private final Path folder;

    private final List<String> problems = new ArrayList<>();

    ManifestReaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void readsEveryKey() {
        ModelManifest manifest = good(patch -> patch.replace("/input/colour", "rgb")
                .replace("/input/interpolation", "area")
                .replace("/input/width", 320)
                .replace("/batch/max", 4)
                .replace("/batch/maxDelayMillis", 5)
                .replace("/warmupRuns", 7));
        assertEquals("person", manifest.name());
        assertEquals(ModelKind.SEGMENTATION, manifest.kind());
        assertEquals("Tells the people in front of the camera from the background.", manifest.description());
        assertEquals(1, manifest.version());
        assertEquals(
                Map.of(
                        1,
                        TestRepository.personManifest().getJsonObject("sha256").getString("1")),
                manifest.sha256());
        assertEquals(
                new ModelManifest.Pictures("pixels", 320, 256, ColourOrder.RGB, Interpolation.AREA), manifest.input());
        assertEquals(new ModelManifest.Masks("mask", 512, 512), manifest.output());
        assertEquals(List.of("background", "person"), manifest.labels());
        assertEquals(new ModelManifest.Batch(4, Duration.ofMillis(5)), manifest.batch());
        assertEquals(7, manifest.warmupRuns());
        assertEquals(31, manifest.memoryMib());
        assertEquals("Apache-2.0", manifest.licence());
        assertTrue(manifest.source().startsWith("MediaPipe"), manifest::source);
    }

    @Test
    void takesTheStandardPaletteByItsName() {
        Palette palette = good(patch -> patch).palette();
        assertEquals(2, palette.size());
        assertArrayEquals(new int[] {128, 0, 0}, palette.rgb().get(1));
    }

    @Test
    void takesAPaletteOfItsOwn() {
        Palette palette = good(patch -> patch.replace("/palette", json("[[1,2,3],[0,255,4]]")))
                .palette();
        assertArrayEquals(new int[] {1, 2, 3}, palette.rgb().get(0));
        assertArrayEquals(new int[] {0, 255, 4}, palette.rgb().get(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[0,0,0],[256,0,0]]",
                "[[0,0,0],[-1,0,0]]",
                "[[0,0,0],[1.5,0,0]]",
                "[[0,0,0],[1,2]]",
                "[[0,0,0],[1,2,3,4]]",
                "[[0,0,0],\"red\"]"
            })
    void refusesAColourThatIsNone(String palette) {
        String colour = palette.substring("[[0,0,0],".length(), palette.length() - 1);
        assertEquals(
                List.of("palette has the colour " + colour + ", expected three whole numbers from 0 to 255"),
                problemsOf(patch -> patch.replace("/palette", json(palette))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"ade20k\"", "[[0,0,0]]", "null", "{}"})
    void refusesAPaletteThatDoesNotFitTheLabels(String palette) {
        assertEquals(
                List.of("palette is neither \"voc\" nor a list of 2 colours"),
                problemsOf(patch -> patch.replace("/palette", json(palette))));
    }

    @Test
    void saysOfAPaletteWithoutLabelsOnlyThatTheLabelsAreMissing() {
        assertEquals(
                List.of("labels is not a list of 1 to 256 texts"),
                problemsOf(patch -> patch.replace("/labels", json("[]")).replace("/palette", json("[]"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/kind | \"boxes\" | kind is \"boxes\", expected segmentation or palm-detection or hand-landmarks or letters or sign-words or person-detection or pose-landmarks or yolo-pose or rtmpose or text-encoder or denoiser or image-decoder or depth or volume",
                "/description | \" \" | description is missing or no text",
                "/version | 0 | version is 0, expected a whole number from 1 to 2147483647",
                "/version | 1.0 | version is 1.0, expected a whole number from 1 to 2147483647",
                "/version | 99999999999 | version is 99999999999, expected a whole number from 1 to 2147483647",
                "/sha256 | [] | sha256 is missing or no object",
                "/input/name | 5 | input.name is missing or no text",
                "/input/width | 8193 | input.width is 8193, expected a whole number from 1 to 8192",
                "/input/height | \"256\" | input.height is \"256\", expected a whole number from 1 to 8192",
                "/input/colour | \"BGR\" | input.colour is \"BGR\", expected bgr or rgb",
                "/input/resize | \"letterbox\" | input.resize is \"letterbox\", expected stretch",
                "/input/interpolation | null | input.interpolation is null, expected bilinear or area",
                "/output/width | 0 | output.width is 0, expected a whole number from 1 to 8192",
                "/output/decoder | true | output.decoder is true, expected mask",
                "/labels | [\"a\",2] | labels is not a list of 1 to 256 texts",
                "/batch/max | 257 | batch.max is 257, expected a whole number from 1 to 256",
                "/batch/maxDelayMillis | -1 | batch.maxDelayMillis is -1, expected a whole number from 0 to 1000",
                "/warmupRuns | 0 | warmupRuns is 0, expected a whole number from 1 to 1000",
                "/memoryMiB | 0 | memoryMiB is 0, expected a whole number from 1 to 1048576",
                "/licence | null | licence is missing or no text",
                "/source | {} | source is missing or no text"
            })
    void namesKeyValueAndWhatItExpected(String pointer, String value, String problem) {
        assertEquals(List.of(problem), problemsOf(patch -> patch.replace(pointer, json(value))));
    }

    @Test
    void reportsEveryMissingKeyAtOnce() {
        assertEquals(
                List.of(
                        "name is missing or no text",
                        "name is \"\", expected the folder's name \"person\"",
                        "kind is null, expected segmentation or palm-detection or hand-landmarks or letters or sign-words or person-detection or pose-landmarks or yolo-pose or rtmpose or text-encoder or denoiser or image-decoder or depth or volume",
                        "labels is not a list of 1 to 256 texts",
                        "input is missing or no object",
                        "input.resize is null, expected stretch",
                        "input.name is missing or no text",
                        "input.width is null, expected a whole number from 1 to 8192",
                        "input.height is null, expected a whole number from 1 to 8192",
                        "input.colour is null, expected bgr or rgb",
                        "input.interpolation is null, expected bilinear or area",
                        "output is missing or no object",
                        "output.decoder is null, expected mask",
                        "output.name is missing or no text",
                        "output.width is null, expected a whole number from 1 to 8192",
                        "output.height is null, expected a whole number from 1 to 8192",
                        "batch is missing or no object",
                        "batch.max is null, expected a whole number from 1 to 256",
                        "batch.maxDelayMillis is null, expected a whole number from 0 to 1000",
                        "description is missing or no text",
                        "version is null, expected a whole number from 1 to 2147483647",
                        "sha256 is missing or no object",
                        "warmupRuns is null, expected a whole number from 1 to 1000",
                        "memoryMiB is null, expected a whole number from 1 to 1048576",
                        "licence is missing or no text",
                        "source is missing or no text"),
                problemsOf("{}"));
    }

    @Test
    void refusesKeysItDoesNotKnow() {
        assertEquals(
                List.of(
                        "colours is not a key of a manifest",
                        "input.mean is not a key of a manifest",
                        "output.logits is not a key of a manifest",
                        "batch.min is not a key of a manifest"),
                problemsOf(patch -> patch.add("/colours", 1)
                        .add("/input/mean", 1)
                        .add("/output/logits", 1)
                        .add("/batch/min", 1)));
    }

    @Test
    void refusesChecksumsThatAreNone() {
        assertEquals(
                List.of(
                        "sha256 has the version \"0\", expected a positive whole number",
                        "sha256 has the version \"01\", expected a positive whole number",
                        "sha256 has the version \"latest\", expected a positive whole number",
                        "sha256.2 is not 64 hexadecimal digits"),
                problemsOf(patch -> patch.replace(
                        "/sha256",
                        Json.createObjectBuilder()
                                .add("0", "a".repeat(64))
                                .add("01", "a".repeat(64))
                                .add("latest", "a".repeat(64))
                                .add("2", "a".repeat(63))
                                .build())));
    }

    @Test
    void refusesABatchThatFitsIntoNoBuffer() {
        assertEquals(
                List.of(
                        "input takes 51539607552 bytes for a whole batch, at most 2147483647 fit into a buffer",
                        "output takes 17179869184 bytes for a whole batch, at most 2147483647 fit into a buffer"),
                problemsOf(patch -> patch.replace("/batch/max", 256)
                        .replace("/input/width", 8_192)
                        .replace("/input/height", 8_192)
                        .replace("/output/width", 8_192)
                        .replace("/output/height", 8_192)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{\"name\":\"person\"", "{} {}", "{}x", "\uFFFF", "{\"version\":1e}"})
    void refusesWhatIsNoJsonObject(String text) {
        List<String> found = problemsOf(text);
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.get(0).startsWith("it is not a JSON object: "), found::toString);
    }

    @Test
    void refusesWhatTheJsonReaderGivesUpOn() {
        assertEquals(1, problemsOf("[".repeat(100_000)).size());
        assertEquals(1, problemsOf("{\"version\":" + "9".repeat(100_000) + "}").size());
    }

    @Test
    void readsADetectorOfPalms() {
        ModelManifest manifest = good(ManifestReaderTest::palms, patch -> patch.replace("/input/colour", "rgb"));
        assertEquals(ModelKind.PALM_DETECTION, manifest.kind());
        assertEquals(
                new ModelManifest.Pictures("pixels", 192, 192, ColourOrder.RGB, Interpolation.BILINEAR),
                manifest.pictures());
        assertEquals(new ModelManifest.Values("detections", List.of(2016, 19)), manifest.output());
        assertEquals(4 * 2016 * 19, manifest.output().bytes());
        assertEquals(List.of(), manifest.labels());
        assertThrows(IllegalStateException.class, manifest::masks);
    }

    @Test
    void readsAModelOfAHandsLandmarks() {
        ModelManifest manifest = good(ManifestReaderTest::hand, patch -> patch);
        assertEquals(ModelKind.HAND_LANDMARKS, manifest.kind());
        assertEquals(3 * 224 * 224, manifest.pictures().bytes());
        assertEquals(new ModelManifest.Values("hand", List.of(128)), manifest.output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "person-detection | 224 | letterbox | people | [2254,13]",
                "pose-landmarks | 256 | crop | person | [176]",
                "yolo-pose | 640 | letterbox | yolo-pose | [56,8400]",
                "yolo-pose | 640 | letterbox | yolo-pose | [300,57]",
                "rtmpose | 192 | crop | simcc | [17,768]",
            })
    void readsModelsOfPeople(String kind, int side, String resize, String decoder, String shape) {
        ModelManifest manifest = good(patch -> people(patch, kind, side, resize, decoder, shape), patch -> patch);
        assertEquals(kind, manifest.kind().wireName());
        assertEquals(3L * side * side, manifest.pictures().bytes());
        assertEquals(shape.replace(",", ", "), manifest.output().shape().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "person-detection | 192 | letterbox | people | [2254,13] | input is 192 × 192, expected 224 × 224 for the 2254 anchors",
                "person-detection | 224 | letterbox | people | [2254,12] | output.shape is [2254, 12], expected [2254, 13]",
                "pose-landmarks | 256 | letterbox | person | [176] | input.resize is \"letterbox\", expected crop",
                "pose-landmarks | 256 | crop | person | [195] | output.shape is [195], expected [176]",
                "yolo-pose | 640 | letterbox | yolo-pose | [84,8400] | output.shape is [84, 8400], expected [56, places] or [people, 57]",
                "yolo-pose | 640 | letterbox | yolo-pose | [56] | output.shape is [56], expected [56, places] or [people, 57]",
                "yolo-pose | 640 | letterbox | people | [300,57] | output.decoder is \"people\", expected yolo-pose",
                "rtmpose | 192 | crop | simcc | [17,400] | output.shape is [17, 400], expected [17, a multiple of the input's width + height 384]",
                "rtmpose | 192 | crop | simcc | [133,768] | output.shape is [133, 768], expected [17, a multiple of the input's width + height 384]",
            })
    void namesWhatDoesNotFitModelsOfPeople(
            String kind, int side, String resize, String decoder, String shape, String problem) {
        assertEquals(
                List.of(problem),
                problemsOf(patch -> people(patch, kind, side, resize, decoder, shape), patch -> patch));
    }

    @Test
    void readsAModelOfLetters() {
        ModelManifest manifest = good(ManifestReaderTest::letters, patch -> patch);
        assertEquals(ModelKind.LETTERS, manifest.kind());
        assertEquals(
                new ModelManifest.Landmarks("landmarks", List.of(32, 42, 3), 2, ModelManifest.Normalisation.WRIST),
                manifest.landmarks());
        assertEquals(32, manifest.landmarks().clipLength());
        assertEquals(2, manifest.landmarks().hands());
        assertEquals(4 * 32 * 42 * 3, manifest.input().bytes());
        assertEquals(
                new ModelManifest.Classes("probabilities", 2, ModelManifest.Activation.SOFTMAX, 0), manifest.classes());
        assertEquals(List.of("A", "B"), manifest.labels());
    }

    private static JsonPatchBuilder words(JsonPatchBuilder patch) {
        return patch.replace("/kind", "sign-words")
                .add("/input/frames", 12)
                .replace(
                        "/output",
                        json("{\"name\":\"p\",\"decoder\":\"classes\",\"shape\":[2],\"activation\":\"none\"}"))
                .add("/threshold", json("0.4"))
                .remove("/palette");
    }

    @Test
    void readsAModelOfSignWords() {
        ModelManifest manifest =
                good(ManifestReaderTest::words, patch -> patch.replace("/input/interpolation", "area"));
        assertEquals(ModelKind.SIGN_WORDS, manifest.kind());
        Clip.Shape shape = new Clip.Shape(12, 256, 256, ColourOrder.BGR, Interpolation.AREA);
        assertEquals(new ModelManifest.Clips("pixels", shape), manifest.clips());
        assertEquals(List.of(12, 256, 256, 3), manifest.input().shape());
        assertEquals(12 * 256 * 256 * 3, manifest.input().bytes());
        assertEquals(new ModelManifest.Classes("p", 2, ModelManifest.Activation.NONE, 0.4F), manifest.classes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/frames | 0 | input.frames is 0, expected a whole number from 1 to 256",
                "/input/frames | 257 | input.frames is 257, expected a whole number from 1 to 256",
                "/input/width | 1025 | input.width is 1025, expected a whole number from 1 to 1024",
                "/input/resize | \"crop\" | input.resize is \"crop\", expected stretch",
                "/threshold | 1.5 | threshold is 1.5, expected a number from 0 to 1",
                "/threshold | \"half\" | threshold is \"half\", expected a number from 0 to 1",
                "/output/shape | [3] | output.shape is [3], expected [2]"
            })
    void saysWhatIsWrongWithAModelOfSignWords(String path, String value, String expected) {
        assertEquals(
                List.of(expected), problemsOf(ManifestReaderTest::words, patch -> patch.replace(path, json(value))));
    }

    private static JsonPatchBuilder texts(JsonPatchBuilder patch) {
        return patch.replace("/kind", "text-encoder")
                .replace("/input", json("{\"name\":\"tokens\",\"length\":77}"))
                .replace("/output", json("{\"name\":\"e\",\"decoder\":\"embeddings\",\"shape\":[77,768]}"))
                .add("/tokeniser", json("{\"padding\":\"!\",\"vocabulary\":\"open\"}"))
                .remove("/labels")
                .remove("/palette");
    }

    private static JsonPatchBuilder noisy(JsonPatchBuilder patch) {
        return patch.replace("/kind", "denoiser")
                .replace("/input", json("{\"name\":\"latents\",\"shape\":[4,64,48]}"))
                .add("/timestep", json("{\"name\":\"t\"}"))
                .add("/condition", json("{\"name\":\"text\",\"shape\":[77,768]}"))
                .replace("/output", json("{\"name\":\"p\",\"decoder\":\"prediction\",\"shape\":[4,64,48]}"))
                .add("/sampler", json("{\"defaultSteps\":20,\"maxSteps\":50,\"defaultGuidance\":7.5}"))
                .remove("/labels")
                .remove("/palette");
    }

    private static JsonPatchBuilder latents(JsonPatchBuilder patch) {
        return patch.replace("/kind", "image-decoder")
                .replace("/input", json("{\"name\":\"latents\",\"shape\":[4,64,48]}"))
                .replace("/output", json("{\"name\":\"pixels\",\"decoder\":\"pixels\",\"width\":384,\"height\":512}"))
                .remove("/labels")
                .remove("/palette");
    }

    @Test
    void readsATextEncoder() {
        ModelManifest manifest =
                good(ManifestReaderTest::texts, patch -> patch.replace("/tokeniser/vocabulary", "closed"));
        assertEquals(ModelKind.TEXT_ENCODER, manifest.kind());
        assertEquals(new ModelManifest.Tokens("tokens", 77, "!", true), manifest.tokens());
        assertEquals(4 * 77, manifest.input().bytes());
        assertEquals(new ModelManifest.Values("e", List.of(77, 768)), manifest.output());
        assertEquals(List.of(manifest.input()), manifest.inputs());
        assertFalse(good(ManifestReaderTest::texts, patch -> patch).tokens().closed());
    }

    @Test
    void readsADenoiserWithAllThatItIsTold() {
        ModelManifest manifest = good(ManifestReaderTest::noisy, patch -> patch);
        assertEquals(ModelKind.DENOISER, manifest.kind());
        ModelManifest.Values timestep = new ModelManifest.Values("t", List.of());
        ModelManifest.Values condition = new ModelManifest.Values("text", List.of(77, 768));
        ModelManifest.Noisy noisy = new ModelManifest.Noisy(
                "latents", List.of(4, 64, 48), timestep, condition, new ModelManifest.Sampling(20, 50, 7.5f));
        assertEquals(noisy, manifest.noisy());
        assertEquals(List.of(noisy, timestep, condition), manifest.inputs());
        assertEquals(4, timestep.bytes());
        assertEquals(new ModelManifest.Values("p", List.of(4, 64, 48)), manifest.output());
    }

    @Test
    void readsADecoderOfPictures() {
        ModelManifest manifest = good(ManifestReaderTest::latents, patch -> patch);
        assertEquals(ModelKind.IMAGE_DECODER, manifest.kind());
        assertEquals(new ModelManifest.Values("latents", List.of(4, 64, 48)), manifest.input());
        assertEquals(new ModelManifest.Pixels("pixels", 384, 512), manifest.pixels());
        assertEquals(3 * 384 * 512, manifest.output().bytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/length | 2 | input.length is 2, expected a whole number from 3 to 1024; output.shape is [77, 768], expected [3, width]",
                "/output/shape | [76,768] | output.shape is [76, 768], expected [77, width]",
                "/output/shape | [77] | output.shape is [77], expected [77, width]",
                "/output/decoder | \"classes\" | output.decoder is \"classes\", expected embeddings",
                "/tokeniser/padding | \"\" | tokeniser.padding is missing or no text",
                "/tokeniser/vocabulary | \"large\" | tokeniser.vocabulary is \"large\", expected open or closed",
            })
    void namesWhatDoesNotFitATextEncoder(String pointer, String value, String problem) {
        assertEquals(
                problem,
                String.join("; ", problemsOf(ManifestReaderTest::texts, patch -> patch.replace(pointer, json(value)))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/shape | [64,64] | input.shape is [64, 64], expected [channels, height, width]",
                "/output/shape | [8,64,48] | output.shape is [8, 64, 48], expected [4, 64, 48]",
                "/output/decoder | \"noise\" | output.decoder is \"noise\", expected prediction",
                "/timestep/name | 1 | timestep.name is missing or no text",
                "/condition/shape | [768] | condition.shape is [768], expected [length, width]",
                "/condition/width | 768 | condition.width is not a key of a manifest",
                "/sampler/maxSteps | 0 | sampler.maxSteps is 0, expected a whole number from 1 to 1000; sampler.defaultSteps is 20, expected a whole number from 1 to 1",
                "/sampler/defaultSteps | 51 | sampler.defaultSteps is 51, expected a whole number from 1 to 50",
                "/sampler/defaultGuidance | 0.5 | sampler.defaultGuidance is 0.5, expected a number from 1 to 100",
                "/batch/max | 256 | text takes 17179869184 bytes for a whole batch, at most 2147483647 fit into a buffer",
            })
    void namesWhatDoesNotFitADenoiser(String pointer, String value, String problem) {
        UnaryOperator<JsonPatchBuilder> kind = pointer.startsWith("/batch")
                ? patch -> noisy(patch).replace("/condition/shape", json("[8192,2048]"))
                : ManifestReaderTest::noisy;
        assertEquals(problem, String.join("; ", problemsOf(kind, patch -> patch.add(pointer, json(value)))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/shape | [1,4,64,48] | input.shape is [1, 4, 64, 48], expected [channels, height, width]",
                "/output/decoder | \"mask\" | output.decoder is \"mask\", expected pixels",
                "/output/width | 0 | output.width is 0, expected a whole number from 1 to 8192"
            })
    void namesWhatDoesNotFitADecoderOfPictures(String pointer, String value, String problem) {
        assertEquals(
                List.of(problem),
                problemsOf(ManifestReaderTest::latents, patch -> patch.replace(pointer, json(value))));
    }

    @Test
    void readsAModelOfLettersThatNeedsOnePictureAndOneHand() {
        ModelManifest.Landmarks landmarks = good(
                        ManifestReaderTest::letters,
                        patch -> patch.replace("/input/shape", json("[21,3]")).replace("/hands/needed", 1))
                .landmarks();
        assertEquals(1, landmarks.clipLength());
        assertEquals(1, landmarks.hands());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/resize | \"stretch\" | input.resize is \"stretch\", expected letterbox",
                "/input/interpolation | \"area\" | input.interpolation is \"area\", expected bilinear",
                "/input/width | 256 | input is 256 × 192, expected 192 × 192 for the 2016 anchors",
                "/output/decoder | \"mask\" | output.decoder is \"mask\", expected palms",
                "/output/shape | [2016] | output.shape is [2016], expected [2016, 19]",
                "/output/shape | null | output.shape is null, expected a list of 1 to 4 whole numbers from 1 to 8192",
                "/output/shape | [] | output.shape is [], expected a list of 1 to 4 whole numbers from 1 to 8192",
                "/output/shape | [0,19] | output.shape is [0,19], expected a list of 1 to 4 whole numbers from 1 to 8192",
                "/output/shape | [1,1,1,1,1] | output.shape is [1,1,1,1,1], expected a list of 1 to 4 whole numbers from 1 to 8192"
            })
    void namesWhatDoesNotFitADetectorOfPalms(String pointer, String value, String problem) {
        assertEquals(
                List.of(problem), problemsOf(ManifestReaderTest::palms, patch -> patch.replace(pointer, json(value))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/resize | \"letterbox\" | input.resize is \"letterbox\", expected crop",
                "/output/decoder | \"palms\" | output.decoder is \"palms\", expected hand",
                "/output/shape | [127] | output.shape is [127], expected [128]"
            })
    void namesWhatDoesNotFitAModelOfLandmarks(String pointer, String value, String problem) {
        assertEquals(
                List.of(problem), problemsOf(ManifestReaderTest::hand, patch -> patch.replace(pointer, json(value))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/shape | [21,3] | hands.needed is 2, but input.shape [21, 3] has room for one hand",
                "/input/shape | [32,20,3] | input.shape is [32, 20, 3], expected [points, 3] or [pictures, points, 3] with 21 or 42 points",
                "/input/shape | [42,2] | input.shape is [42, 2], expected [points, 3] or [pictures, points, 3] with 21 or 42 points",
                "/input/shape | [126] | input.shape is [126], expected [points, 3] or [pictures, points, 3] with 21 or 42 points",
                "/input/shape | \"any\" | input.shape is \"any\", expected a list of 1 to 4 whole numbers from 1 to 8192",
                "/hands/needed | 3 | hands.needed is 3, expected a whole number from 1 to 2",
                "/hands/normalisation | \"unit\" | hands.normalisation is \"unit\", expected none or wrist",
                "/hands | null | hands is missing or no object; hands.needed is null, expected a whole number from 1 to 2; hands.normalisation is null, expected none or wrist",
                "/output/decoder | \"mask\" | output.decoder is \"mask\", expected classes",
                "/output/shape | [26] | output.shape is [26], expected [2]",
                "/output/activation | true | output.activation is true, expected none or softmax",
                "/labels | [] | labels is not a list of 1 to 256 texts"
            })
    void namesWhatDoesNotFitAModelOfLetters(String pointer, String value, String problem) {
        assertEquals(
                problem,
                String.join(
                        "; ", problemsOf(ManifestReaderTest::letters, patch -> patch.replace(pointer, json(value)))));
    }

    @Test
    void knowsOfEveryKindOnlyItsOwnKeys() {
        assertEquals(List.of("hands is not a key of a manifest"), problemsOf(patch -> patch.add("/hands", json("{}"))));
        assertEquals(
                List.of("labels is not a key of a manifest", "palette is not a key of a manifest"),
                problemsOf(ManifestReaderTest::palms, patch -> patch.add("/labels", json("[\"palm\"]"))
                        .add("/palette", "voc")));
        assertEquals(
                List.of(
                        "palette is not a key of a manifest",
                        "input.width is not a key of a manifest",
                        "output.height is not a key of a manifest"),
                problemsOf(ManifestReaderTest::letters, patch -> patch.add("/palette", "voc")
                        .add("/input/width", 1)
                        .add("/output/height", 1)));
    }

    private static JsonPatchBuilder depth(JsonPatchBuilder patch) {
        return patch.replace("/kind", "depth")
                .remove("/labels")
                .remove("/palette")
                .replace("/output/decoder", "depth");
    }

    private static JsonPatchBuilder volume(JsonPatchBuilder patch) {
        return depth(patch)
                .replace("/kind", "volume")
                .replace(
                        "/output",
                        json("{\"name\":\"field\",\"decoder\":\"volume\",\"shape\":[16,32,64],\"level\":-0.5}"));
    }

    @Test
    void readsAModelOfDepth() {
        ModelManifest manifest = good(ManifestReaderTest::depth, patch -> patch.replace("/input/interpolation", "area")
                .replace("/output/width", 320));
        assertEquals(ModelKind.DEPTH, manifest.kind());
        assertEquals(
                new ModelManifest.Pictures("pixels", 256, 256, ColourOrder.BGR, Interpolation.AREA),
                manifest.pictures());
        assertEquals(new ModelManifest.Depths("mask", 320, 512, ModelManifest.Scale.DEPTH), manifest.depths());
        assertEquals(List.of(512, 320), manifest.output().shape());
        assertEquals(4 * 512 * 320, manifest.output().bytes());
        assertEquals(List.of(), manifest.labels());
        assertEquals(
                ModelManifest.Scale.INVERSE_DEPTH,
                good(ManifestReaderTest::depth, patch -> patch.replace("/output/decoder", "inverse-depth"))
                        .depths()
                        .scale());
        assertThrows(IllegalStateException.class, manifest::field);
    }

    @Test
    void readsAModelOfVolume() {
        ModelManifest manifest = good(ManifestReaderTest::volume, patch -> patch);
        assertEquals(ModelKind.VOLUME, manifest.kind());
        assertEquals(3 * 256 * 256, manifest.pictures().bytes());
        assertEquals(new ModelManifest.Field("field", 16, 32, 64, -0.5f), manifest.field());
        assertEquals(List.of(16, 32, 64), manifest.output().shape());
        assertEquals(4 * 16 * 32 * 64, manifest.output().bytes());
        assertThrows(IllegalStateException.class, manifest::depths);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/input/resize | \"crop\" | input.resize is \"crop\", expected stretch",
                "/output/decoder | \"mask\" | output.decoder is \"mask\", expected depth or inverse-depth",
                "/output/width | 8193 | output.width is 8193, expected a whole number from 1 to 8192",
                "/output/height | null | output.height is null, expected a whole number from 1 to 8192",
                "/output/name | 5 | output.name is missing or no text"
            })
    void namesWhatDoesNotFitAModelOfDepth(String pointer, String value, String problem) {
        assertEquals(
                List.of(problem), problemsOf(ManifestReaderTest::depth, patch -> patch.replace(pointer, json(value))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/output/decoder | \"field\" | output.decoder is \"field\", expected volume",
                "/output/shape | [32,32] | output.shape is [32, 32], expected [depth, height, width]",
                "/output/shape | 32 | output.shape is 32, expected a list of 1 to 4 whole numbers from 1 to 8192",
                "/output/shape | [2048,2048,2048] | output takes 34359738368 bytes for a whole batch, at most 2147483647 fit into a buffer",
                "/output/level | \"0\" | output.level is \"0\", expected a number",
                "/output/level | 1e39 | output.level is 1E+39, expected a number",
                "/output/level | null | output.level is null, expected a number"
            })
    void namesWhatDoesNotFitAModelOfVolume(String pointer, String value, String problem) {
        assertEquals(
                List.of(problem), problemsOf(ManifestReaderTest::volume, patch -> patch.replace(pointer, json(value))));
    }

    private ModelManifest good(UnaryOperator<JsonPatchBuilder> changes) {
        return good(patch -> patch, changes);
    }

    /** @param kind makes a manifest of another kind of that of {@code person} */
    private ModelManifest good(UnaryOperator<JsonPatchBuilder> kind, UnaryOperator<JsonPatchBuilder> changes) {
        ModelManifest manifest = ManifestReader.read(file(changed(kind, changes)), "person", problems)
                .orElseThrow(() -> new AssertionError(problems));
        assertEquals(List.of(), problems);
        return manifest;
    }

    private List<String> problemsOf(UnaryOperator<JsonPatchBuilder> changes) {
        return problemsOf(patch -> patch, changes);
    }

    private List<String> problemsOf(UnaryOperator<JsonPatchBuilder> kind, UnaryOperator<JsonPatchBuilder> changes) {
        return problemsOf(changed(kind, changes));
    }

    private static JsonPatchBuilder palms(JsonPatchBuilder patch) {
        return patch.replace("/kind", "palm-detection")
                .remove("/labels")
                .remove("/palette")
                .replace("/input/width", 192)
                .replace("/input/height", 192)
                .replace("/input/resize", "letterbox")
                .replace("/output", json("{\"name\":\"detections\",\"decoder\":\"palms\",\"shape\":[2016,19]}"));
    }

    private static JsonPatchBuilder hand(JsonPatchBuilder patch) {
        return palms(patch)
                .replace("/kind", "hand-landmarks")
                .replace("/input/width", 224)
                .replace("/input/height", 224)
                .replace("/input/resize", "crop")
                .replace("/output", json("{\"name\":\"hand\",\"decoder\":\"hand\",\"shape\":[128]}"));
    }

    private static JsonPatchBuilder people(
            JsonPatchBuilder patch, String kind, int side, String resize, String decoder, String shape) {
        return palms(patch)
                .replace("/kind", kind)
                .replace("/input/width", side)
                .replace("/input/height", side)
                .replace("/input/resize", resize)
                .replace(
                        "/output",
                        json("{\"name\":\"values\",\"decoder\":\"%s\",\"shape\":%s}".formatted(decoder, shape)));
    }

    private static JsonPatchBuilder letters(JsonPatchBuilder patch) {
        return patch.replace("/kind", "letters")
                .remove("/palette")
                .replace("/labels", json("[\"A\",\"B\"]"))
                .replace("/input", json("{\"name\":\"landmarks\",\"shape\":[32,42,3]}"))
                .add("/hands", json("{\"needed\":2,\"normalisation\":\"wrist\"}"))
                .replace(
                        "/output",
                        json("{\"name\":\"probabilities\",\"decoder\":\"classes\",\"shape\":[2],"
                                + "\"activation\":\"softmax\"}"));
    }

    private static String changed(UnaryOperator<JsonPatchBuilder> kind, UnaryOperator<JsonPatchBuilder> changes) {
        return changes.apply(kind.apply(Json.createPatchBuilder()))
                .build()
                .apply(TestRepository.personManifest())
                .toString();
    }

    /** Each without the file it is about. */
    private List<String> problemsOf(String manifest) {
        problems.clear();
        assertTrue(ManifestReader.read(file(manifest), "person", problems).isEmpty());
        return problems.stream()
                .map(problem -> {
                    assertTrue(problem.startsWith("person/model.json: "), problem);
                    return problem.substring("person/model.json: ".length());
                })
                .toList();
    }

    private Path file(String text) {
        try {
            return Files.writeString(folder.resolve("model.json"), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonValue json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readValue();
        }
    }
}
