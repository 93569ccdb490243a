package dev.osprey.diffusion;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding (Sennrich et al. 2016, on bytes as Radford et al. 2019, section 2.2): a word begins as its UTF-8
 * bytes, each written as a letter, the last with {@value #WORD_END}; then, time and again, the pair that was learnt
 * first becomes one token. Immutable.
 */
final class Vocabulary {

    private static final String WORD_END = "</w>";

    private static final int GONE = -1;

    /** Of two tokens: when the pair was learnt, and what it becomes. */
    private record Merge(int rank, int token) {}

    private final Map<String, Integer> tokens;
    private final Map<Long, Merge> merges;
    private final int unknown;

    /** Of every byte, or {@link #unknown}; within a word and at its end. */
    private final int[] inside = new int[256];

    private final int[] last = new int[256];

    private Vocabulary(Map<String, Integer> tokens, Map<Long, Merge> merges, int unknown) {
        this.tokens = tokens;
        this.merges = merges;
        this.unknown = unknown;
        for (int value = 0; value < inside.length; value++) {
            String letter = Character.toString(letter(value));
            inside[value] = tokens.getOrDefault(letter, unknown);
            last[value] = tokens.getOrDefault(letter + WORD_END, unknown);
        }
    }

    /**
     * @param tokenFile {@code vocab.json}: an object of tokens and their numbers
     * @param mergeFile {@code merges.txt}: after a line with its version, two tokens a line, in the order learnt
     * @param unknownToken the token of bytes that have none
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID}
     */
    static Vocabulary read(Path tokenFile, Path mergeFile, String unknownToken) {
        Map<String, Integer> tokens = tokens(tokenFile);
        Integer unknown = tokens.get(unknownToken);
        if (unknown == null) {
            throw invalid(tokenFile, "has no token " + unknownToken);
        }
        return new Vocabulary(tokens, merges(mergeFile, tokens), unknown);
    }

    private static Map<String, Integer> tokens(Path file) {
        JsonObject object;
        try (InputStream stream = Files.newInputStream(file);
                JsonReader reader = Json.createReader(stream)) {
            object = reader.readObject();
        } catch (IOException | JsonException unreadable) {
            throw new OspreyException(ErrorCode.MODEL_INVALID, file.getFileName() + " is no JSON object", unreadable);
        }
        Map<String, Integer> tokens = new HashMap<>();
        for (Map.Entry<String, JsonValue> entry : object.entrySet()) {
            if (!(entry.getValue() instanceof JsonNumber number) || !number.isIntegral() || number.doubleValue() < 0) {
                throw invalid(file, "gives the token " + entry.getKey() + " no number");
            }
            tokens.put(entry.getKey(), number.intValue());
        }
        return tokens;
    }

    private static Map<Long, Merge> merges(Path file, Map<String, Integer> tokens) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new OspreyException(ErrorCode.MODEL_INVALID, file.getFileName() + " is no text in UTF-8", unreadable);
        }
        Map<Long, Merge> merges = new HashMap<>();
        for (String line : lines) {
            if (line.startsWith("#version") || line.isEmpty()) {
                continue;
            }
            int space = line.indexOf(' ');
            String left = line.substring(0, Math.max(space, 0));
            String right = line.substring(space + 1);
            Integer first = tokens.get(left);
            Integer second = tokens.get(right);
            Integer whole = tokens.get(left + right);
            if (first == null || second == null || whole == null) {
                throw invalid(file, "has a line that is no pair of tokens with a token of their own: " + line);
            }
            merges.putIfAbsent(pair(first, second), new Merge(merges.size(), whole));
        }
        return merges;
    }

    private static OspreyException invalid(Path file, String problem) {
        return new OspreyException(ErrorCode.MODEL_INVALID, file.getFileName() + " " + problem);
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    /** Bytes that print stand for themselves, the other 68 for the letters from U+0100 on (OpenAI's bytes_to_unicode). */
    private static char letter(int value) {
        if (prints(value)) {
            return (char) value;
        }
        int others = 0;
        for (int before = 0; before < value; before++) {
            others += prints(before) ? 0 : 1;
        }
        return (char) (256 + others);
    }

    private static boolean prints(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || (value >= 0xAE && value <= 0xFF);
    }

    Optional<Integer> token(String text) {
        return Optional.ofNullable(tokens.get(text));
    }

    int unknown() {
        return unknown;
    }

    /** The tokens of one word; takes n log n of its bytes. Whatever has no token is {@link #unknown}. */
    int[] encode(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] symbols = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            symbols[i] = (i == bytes.length - 1 ? last : inside)[Byte.toUnsignedInt(bytes[i])];
        }
        return merged(symbols);
    }

    /** Neighbours that are to become one, unless one of them has changed by then. */
    private record Candidate(Merge merge, int at, long pair) {}

    private static final Comparator<Candidate> FIRST_LEARNT_THEN_LEFTMOST = Comparator.<Candidate>comparingInt(
                    candidate -> candidate.merge.rank)
            .thenComparingInt(Candidate::at);

    /** The symbols are a linked list in an array: a merged pair lives on at its left place, its right place is left out. */
    private int[] merged(int[] symbols) {
        int length = symbols.length;
        int[] next = new int[length];
        int[] before = new int[length];
        PriorityQueue<Candidate> candidates = new PriorityQueue<>(FIRST_LEARNT_THEN_LEFTMOST);
        for (int i = 0; i < length; i++) {
            next[i] = i + 1;
            before[i] = i - 1;
            offer(candidates, symbols, i, i + 1);
        }
        for (Candidate best = candidates.poll(); best != null; best = candidates.poll()) {
            int left = best.at;
            int right = next[left];
            if (symbols[left] == GONE || right == length || pair(symbols[left], symbols[right]) != best.pair) {
                continue;
            }
            symbols[left] = best.merge.token;
            symbols[right] = GONE;
            next[left] = next[right];
            if (next[left] < length) {
                before[next[left]] = left;
            }
            offer(candidates, symbols, before[left], left);
            offer(candidates, symbols, left, next[left]);
        }
        return Arrays.stream(symbols).filter(symbol -> symbol != GONE).toArray();
    }

    private void offer(PriorityQueue<Candidate> candidates, int[] symbols, int left, int right) {
        if (left >= 0 && right < symbols.length) {
            long pair = pair(symbols[left], symbols[right]);
            Merge merge = merges.get(pair);
            if (merge != null) {
                candidates.add(new Candidate(merge, left, pair));
            }
        }
    }
}
