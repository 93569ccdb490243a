package dev.osprey.model;

import java.util.Arrays;

/** What a model is used for; with it comes what its tensors have to be. */
public enum ModelKind {
    /** Pictures to masks. */
    SEGMENTATION("segmentation"),
    /** Pictures, letterboxed, to what the network says of every anchor. */
    PALM_DETECTION("palm-detection"),
    /** Crops of a hand to its landmarks. */
    HAND_LANDMARKS("hand-landmarks"),
    /** Landmarks, of one picture or a clip, to probabilities of letters. */
    LETTERS("letters"),
    /** Clips of pictures to probabilities of signed words. */
    SIGN_WORDS("sign-words");

    private final String wireName;

    ModelKind(String wireName) {
        this.wireName = wireName;
    }

    /** As in {@code model.json}. */
    public String wireName() {
        return wireName;
    }

    static String[] wireNames() {
        return Arrays.stream(values()).map(ModelKind::wireName).toArray(String[]::new);
    }

    static ModelKind ofWireName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(name))
                .findFirst()
                .orElseThrow();
    }
}
