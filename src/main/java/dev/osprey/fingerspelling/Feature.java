package dev.osprey.fingerspelling;

/** What a client may ask for beyond the protocol; {@code docs/protocol-extensions.md} describes it. */
enum Feature {
    HANDS,
    MILESTONES
}
