package dev.osprey.model;

import java.util.Arrays;
import java.util.List;

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
    SIGN_WORDS("sign-words"),
    /** Pictures, letterboxed, to what the network says of every anchor of people. */
    PERSON_DETECTION("person-detection"),
    /** Crops of a person to MediaPipe's landmarks of the body. */
    POSE_LANDMARKS("pose-landmarks"),
    /** Pictures, letterboxed, to people and their 17 points in one. */
    YOLO_POSE("yolo-pose"),
    /** Crops of a person to where along both axes each of 17 points is. */
    RTMPOSE("rtmpose"),
    /** Texts, as a tokeniser's numbers, to what a denoiser understands. */
    TEXT_ENCODER("text-encoder"),
    /** Noisy latents, how noisy they are and a text encoder's answer to what is noise in them. */
    DENOISER("denoiser"),
    /** Latents to the picture that they stand for. */
    IMAGE_DECODER("image-decoder"),
    /** Pictures to how far away, or how near, every pixel is. */
    DEPTH("depth"),
    /** Pictures of a thing to a field on a grid, whose level is the thing's surface. */
    VOLUME("volume");

    private final String wireName;

    ModelKind(String wireName) {
        this.wireName = wireName;
    }

    /** As in {@code model.json}. */
    public String wireName() {
        return wireName;
    }

    /** Names of what every version has beside its network. */
    public List<String> files() {
        return switch (this) {
            case TEXT_ENCODER -> List.of("vocab.json", "merges.txt");
            case DENOISER -> List.of("scheduler.json");
            default -> List.of();
        };
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
