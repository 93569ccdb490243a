package dev.osprey.fencing;

/** What is fenced with, and so who scores when both lamps are on. */
public enum Weapon {
    /** Cut and thrust; right of way decides. */
    SABRE,
    /** Thrust only; right of way decides. */
    FOIL,
    /** No right of way: who hits first scores, and both do who hit within 40 ms. */
    EPEE
}
