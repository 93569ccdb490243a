package dev.osprey.fingerspelling;

import org.jspecify.annotations.Nullable;

/**
 * What the coach has seen, as the client is to hear of it.
 *
 * @param letter with the greatest probability
 * @param probability of the letter asked for, or of a whole word; not rounded
 * @param detected the letter again, or the whole word
 * @param wordProbability of the whole word, 0 as long as it is not complete
 * @param word the part of the word that has been shown; null where no word is asked for
 */
record Result(
        String letter,
        double probability,
        String detected,
        double wordProbability,
        @Nullable String word) {

    /** A letter seen while a letter is asked for, or nothing. */
    static Result ofLetter(String letter, double probability, @Nullable String word) {
        return new Result(letter, probability, letter, 0, word);
    }

    /** A word of which the last letter has been shown. */
    static Result ofWord(String letter, double probability, String word) {
        return new Result(letter, probability, word, probability, word);
    }
}
