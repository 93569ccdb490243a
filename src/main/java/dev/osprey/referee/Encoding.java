package dev.osprey.referee;

import java.util.Arrays;
import java.util.Optional;

/** How a streamed frame's pixels come; the spool keeps them so. */
enum Encoding {
    JPEG(0),
    PNG(1),
    /** Twelve bytes of header, then BGR rows: {@link dev.osprey.imaging.RawFrame}. */
    RAW(2);

    private final int code;

    Encoding(int code) {
        this.code = code;
    }

    /** As it is written to disk. */
    int code() {
        return code;
    }

    static Optional<Encoding> ofCode(int code) {
        return Arrays.stream(values()).filter(encoding -> encoding.code == code).findFirst();
    }

    /** @throws IllegalArgumentException with the protocol's text */
    static Encoding of(String wireName) {
        return switch (wireName) {
            case "jpeg", "jpg" -> JPEG;
            case "png" -> PNG;
            case "raw" -> RAW;
            default -> throw new IllegalArgumentException("Unknown encoding: " + wireName);
        };
    }
}
