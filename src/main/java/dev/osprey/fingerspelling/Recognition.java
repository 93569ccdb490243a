package dev.osprey.fingerspelling;

import java.util.Optional;

/** By what hands and letters are recognised. Any thread. */
interface Recognition {

    /**
     * Why no frame can be looked at now.
     *
     * @param model that names the letters
     * @return a sentence for clients; nothing where frames can be looked at
     */
    Optional<String> obstacle(String model);

    /** What looks at the frames of one stream; to be asked for whether there is an obstacle or not. */
    Recognizer recognizer(String model);
}
