package dev.osprey.diffusion;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's tokeniser (Radford et al. 2021, section 2.4), exactly as {@code CLIPTokenizer} of transformers 5 (before:
 * {@code CLIPTokenizerFast}) does it: to NFC, white space of any kind and length to one space, lower case by code
 * point; then words, by the pattern below; then {@link Vocabulary} for each. Unlike OpenAI's own it neither mends mojibake
 * (ftfy) nor unescapes HTML; unlike the older slow {@code CLIPTokenizer} without ftfy it keeps control characters.
 *
 * <p>Differences that remain: Java 17 knows Unicode 13, so letters assigned later count as symbols and stay as they
 * are. The padding token in a text is no more than text; transformers takes it for padding, which matters where {@code
 * !} is the padding (Stable Diffusion 2) though the encoder was trained to read it.
 *
 * <p>Immutable.
 */
final class Tokeniser {

    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";

    /** As written; in capitals they are words as any other. */
    private static final Pattern SPECIAL = Pattern.compile("<\\|(?:start|end)oftext\\|>");

    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** Letters together, each digit by itself, all else together; a special token that was in capitals in its parts. */
    private static final Pattern WORD = Pattern.compile(
            "(<\\|)(startoftext|endoftext)(\\|>)" + "|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^ \\p{L}\\p{N}]+");

    private final Vocabulary vocabulary;
    private final int length;
    private final int start;
    private final int end;
    private final int padding;

    private Tokeniser(Vocabulary vocabulary, int length, int start, int end, int padding) {
        this.vocabulary = vocabulary;
        this.length = length;
        this.start = start;
        this.end = end;
        this.padding = padding;
    }

    /**
     * What the text encoder is given, and what it is not told.
     *
     * @param ids int32 [length]: the start token, the text's, the end token, padding
     * @param used how many of {@code ids} are not padding, 2 or more
     * @param cut what is left out for want of room, cleaned, from the first word on that is not in whole; empty if
     *     nothing is
     * @param unknown words of which the vocabulary lacks a byte, once each; the end token stands in {@code ids} for
     *     that byte
     * @param spelt words without a token of their own, which are spelt in parts, once each; a model trained on few
     *     words does not know them, one trained on many may
     */
    record Tokens(int[] ids, int used, String cut, List<String> unknown, List<String> spelt) {}

    /**
     * @param vocabulary {@code vocab.json}
     * @param merges {@code merges.txt}
     * @param length of what the text encoder takes, 77 in CLIP; 3 or more
     * @param padding the token to fill up with, {@code <|endoftext|>} in CLIP, {@code !} in OpenCLIP
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID} when the files or the padding do not fit
     */
    static Tokeniser read(Path vocabulary, Path merges, int length, String padding) {
        if (length < 3) {
            throw new OspreyException(ErrorCode.MODEL_INVALID, "expected a text of 3 tokens or more, found " + length);
        }
        Vocabulary words = Vocabulary.read(vocabulary, merges, END);
        return new Tokeniser(words, length, token(words, START), token(words, END), token(words, padding));
    }

    private static int token(Vocabulary vocabulary, String text) {
        return vocabulary
                .token(text)
                .orElseThrow(() -> new OspreyException(ErrorCode.MODEL_INVALID, "the vocabulary has no token " + text));
    }

    /** A text and the words in it, by where each begins. */
    private record Cleaned(StringBuilder text, List<Word> words) {}

    private record Word(String text, int at, boolean special) {}

    /** Takes time proportional to the text, except for n log n in a single word of n bytes. */
    Tokens tokenise(String text) {
        return tokenise(text, false);
    }

    /**
     * As {@link #tokenise}, for a model that was trained on words of one token each: what is no such word is left out of {@code
     * ids}, where its parts would confuse the model and take others' room. So is what has neither letter nor digit, which is no
     * word and told of nowhere.
     */
    Tokens tokeniseKnown(String text) {
        return tokenise(text, true);
    }

    private Tokens tokenise(String text, boolean wholeWords) {
        Cleaned cleaned = clean(text);
        int[] ids = new int[length];
        Arrays.fill(ids, padding);
        ids[0] = start;
        int used = 1;
        Set<String> unknown = new LinkedHashSet<>();
        Set<String> spelt = new LinkedHashSet<>();
        String cut = "";
        for (Word word : cleaned.words) {
            int[] tokens = word.special ? new int[] {token(vocabulary, word.text)} : vocabulary.encode(word.text);
            boolean lacksByte = !word.special && Arrays.stream(tokens).anyMatch(token -> token == vocabulary.unknown());
            if (wholeWords && word.text.codePoints().noneMatch(Character::isLetterOrDigit)) {
                continue;
            }
            if (wholeWords && (lacksByte || tokens.length > 1)) {
                (lacksByte ? unknown : spelt).add(word.text);
                continue;
            }
            int taken = Math.min(tokens.length, length - 1 - used);
            System.arraycopy(tokens, 0, ids, used, taken);
            used += taken;
            if (taken < tokens.length) {
                cut = cleaned.text.substring(word.at).strip();
                break;
            }
            if (lacksByte) {
                unknown.add(word.text);
            } else if (tokens.length > 1) {
                spelt.add(word.text);
            }
        }
        ids[used++] = end;
        return new Tokens(ids, used, cut, List.copyOf(unknown), List.copyOf(spelt));
    }

    private static Cleaned clean(String text) {
        Cleaned cleaned = new Cleaned(new StringBuilder(text.length()), new ArrayList<>());
        Matcher special = SPECIAL.matcher(text);
        int from = 0;
        while (special.find()) {
            append(text.substring(from, special.start()), cleaned);
            cleaned.words.add(new Word(special.group(), cleaned.text.length(), true));
            cleaned.text.append(special.group());
            from = special.end();
        }
        append(text.substring(from), cleaned);
        return cleaned;
    }

    private static void append(String text, Cleaned cleaned) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        String lowerCase = lowerCase(WHITE_SPACE.matcher(composed).replaceAll(" "));
        int offset = cleaned.text.length();
        cleaned.text.append(lowerCase);
        Matcher word = WORD.matcher(lowerCase);
        while (word.find()) {
            int first = word.start(2) < 0 ? 0 : 1;
            int parts = word.start(2) < 0 ? 0 : 3;
            for (int part = first; part <= parts; part++) {
                cleaned.words.add(new Word(word.group(part), offset + word.start(part), false));
            }
        }
    }

    /** Unlike {@link String#toLowerCase}, the same sigma at the end of a word as within. */
    private static String lowerCase(String text) {
        StringBuilder lowerCase = new StringBuilder(text.length());
        text.codePoints().forEach(code -> {
            lowerCase.appendCodePoint(code == 'İ' ? 'i' : Character.toLowerCase(code));
            if (code == 'İ') {
                lowerCase.append('\u0307');
            }
        });
        return lowerCase.toString();
    }
}
