package dev.osprey.fingerspelling;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.hands.Hand;
import dev.osprey.runtime.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Looks at the frames of one stream, one after another: one thread at a time. All of its methods fail with {@link
 * ErrorCode#MODEL_NOT_READY} where a model is not loaded.
 */
interface Recognizer {

    /** What the model that names letters takes and gives now. */
    LettersModel model();

    /**
     * Finds hands, or follows those of the frame before.
     *
     * @param image an encoded picture
     * @throws OspreyException {@link ErrorCode#IMAGE_EMPTY}, {@link ErrorCode#IMAGE_TOO_LARGE},
     *     {@link ErrorCode#IMAGE_UNREADABLE}, {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    List<Hand> hands(ByteBuffer image, Cancellation cancellation);

    /**
     * Names the letter of a clip.
     *
     * @param clip float32 [clipLength, hands × 21, 3]
     * @return probabilities by class
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    float[] probabilities(float[] clip, Cancellation cancellation);
}
