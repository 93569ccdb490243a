package dev.osprey.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.diffusion.Tokeniser.Tokens;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against transformers' CLIPTokenizer; vocabulary and texts are written by models/export/tokeniser_reference.py. */
class TokeniserTest {

    private static final Path FOLDER = Path.of("src/test/resources/diffusion");
    private static final int LENGTH = 77;
    private static final String END = "<|endoftext|>";

    private static Tokeniser tokeniser(int length, String padding) {
        return Tokeniser.read(FOLDER.resolve("vocab.json"), FOLDER.resolve("merges.txt"), length, padding);
    }

    private static JsonObject golden() throws IOException {
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(FOLDER.resolve("tokeniser.json"), UTF_8))) {
            return reader.readObject();
        }
    }

    @Test
    void givesTheTokensOfTheReferenceForAThousandTexts() throws IOException {
        Tokeniser tokeniser = tokeniser(LENGTH, END);
        List<JsonObject> texts = golden().getJsonArray("texts").getValuesAs(JsonObject.class);
        assertEquals(1000, texts.size());
        for (JsonObject text : texts) {
            int[] expected = text.getJsonArray("ids").getValuesAs(JsonNumber.class).stream()
                    .mapToInt(JsonNumber::intValue)
                    .toArray();
            Tokens tokens = tokeniser.tokenise(text.getString("text"));
            assertArrayEquals(expected, Arrays.copyOf(tokens.ids(), tokens.used()), text.toString());
            assertEquals(LENGTH, tokens.ids().length);
            assertTrue(tokens.cut().isEmpty() || tokens.used() == LENGTH, text.toString());
        }
    }

    @Test
    void fillsUpWithThePaddingOfTheModel() {
        int end = tokeniser(LENGTH, END).tokenise("").ids()[1];
        assertArrayEquals(
                new int[] {end - 1, end, 0, 0}, tokeniser(4, "!").tokenise("").ids());
        assertArrayEquals(
                new int[] {end - 1, end, end, end},
                tokeniser(4, END).tokenise("").ids());
    }

    @Test
    void readsAPaddingTokenInATextAsText() {
        int[] ids = tokeniser(4, "!").tokenise("!").ids();
        assertEquals(256, ids[1]);
    }

    @Test
    void tellsWhatItCuts() {
        Tokens tokens = tokeniser(6, END).tokenise("A  red\tcup on the\nTABLE, please");
        assertEquals(6, tokens.used());
        assertEquals("the table, please", tokens.cut());
    }

    @Test
    void cutsNothingOfWhatJustFits() {
        assertEquals("", tokeniser(6, END).tokenise("a red cup on").cut());
        assertEquals("on", tokeniser(5, END).tokenise("a red cup on ").cut());
    }

    @Test
    void tellsTheWholeWordWhenItCutsInOne() {
        Tokens tokens = tokeniser(6, END).tokenise("a red zxqj cup");
        assertEquals("zxqj cup", tokens.cut());
        assertEquals(6, tokens.used());
    }

    @Test
    void keepsSpecialTokensInWhatItCuts() {
        assertEquals(
                "cup " + END + " red",
                tokeniser(4, END).tokenise("a red cup " + END + "\tred").cut());
    }

    @Test
    void tellsWordsWithoutATokenOfTheirOwn() {
        Tokens tokens = tokeniser(LENGTH, END).tokenise("A red Giraffe on the giraffe's table");
        assertEquals(List.of("giraffe"), tokens.spelt());
        assertEquals(List.of(), tokens.unknown());
    }

    @Test
    void tellsWordsThatTheVocabularyCannotSpell(@TempDir Path folder) throws IOException {
        Tokeniser tokeniser = small(
                folder,
                "{\"a\":0,\"b\":1,\"a</w>\":2,\"b</w>\":3,\"ab</w>\":4,\"<|startoftext|>\":5,\"<|endoftext|>\":6}");
        Tokens tokens = tokeniser.tokenise("ab aba xab ab " + END);
        assertArrayEquals(new int[] {5, 4, 0, 1, 2, 6, 4, 4, 6, 6}, Arrays.copyOf(tokens.ids(), tokens.used()));
        assertEquals(List.of("xab"), tokens.unknown());
        assertEquals(List.of("aba"), tokens.spelt());
    }

    private static Tokeniser small(Path folder, String vocabulary) throws IOException {
        Files.writeString(folder.resolve("vocab.json"), vocabulary);
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b</w>\n");
        return Tokeniser.read(folder.resolve("vocab.json"), folder.resolve("merges.txt"), 12, END);
    }

    @Test
    void refusesAVocabularyThatDoesNotFit(@TempDir Path folder) {
        for (String vocabulary : List.of(
                "[]",
                "{",
                "{\"a\":0,\"b</w>\":1,\"ab</w>\":2,\"<|startoftext|>\":3}",
                "{\"a\":0,\"b</w>\":1,\"ab</w>\":2,\"<|endoftext|>\":3}",
                "{\"a\":0,\"b</w>\":1,\"<|startoftext|>\":2,\"<|endoftext|>\":3}",
                "{\"a\":0.5,\"b</w>\":1,\"ab</w>\":2,\"<|startoftext|>\":3,\"<|endoftext|>\":4}",
                "{\"a\":\"0\",\"b</w>\":1,\"ab</w>\":2,\"<|startoftext|>\":3,\"<|endoftext|>\":4}")) {
            assertEquals(
                    ErrorCode.MODEL_INVALID,
                    assertThrows(OspreyException.class, () -> small(folder, vocabulary), vocabulary)
                            .code());
        }
    }

    @Test
    void refusesAPaddingThatIsNoToken() {
        OspreyException refused = assertThrows(OspreyException.class, () -> tokeniser(LENGTH, "[PAD]"));
        assertEquals("the vocabulary has no token [PAD]", refused.detail());
    }
}
