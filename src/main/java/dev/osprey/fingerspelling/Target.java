package dev.osprey.fingerspelling;

/**
 * What the learner is asked to show from now on.
 *
 * @param text as the client sent it, not empty
 * @param word whether it is spelled letter by letter; else it is one character
 */
record Target(String text, boolean word) {

    /** One character is a letter, whatever alphabet it is of; more are a word. */
    static Target ofLetter(String text) {
        return new Target(text, text.codePointCount(0, text.length()) > 1);
    }

    static Target ofWord(String text) {
        return new Target(text, true);
    }
}
