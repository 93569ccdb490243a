package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonObject;

/**
 * An upload that was accepted, as its client is told of it.
 *
 * @param width in pixels, of what is stored
 * @param format such as {@code PNG}, of what was uploaded, as {@code mode} and {@code bytes}
 * @param mode {@code L}, {@code RGB} or {@code RGBA}
 * @param transparent whether it has transparency, which was laid on white
 */
record StoredImage(int width, int height, String format, String mode, boolean transparent, int bytes) {

    JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("size", Json.createArrayBuilder().add(width).add(height))
                .add("width", width)
                .add("height", height)
                .add("format", format)
                .add("mode", mode)
                .add("has_transparency", transparent)
                .add("file_size", bytes)
                .build();
    }
}
