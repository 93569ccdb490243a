package dev.osprey.signs;

/** What a client may ask for beyond the protocol: {@code ?features=…} in the address it connects to. */
enum Feature {
    /** The five best classes in every prediction. */
    TOPK,
    /** What became of the frames in every prediction. */
    RECEIPT
}
