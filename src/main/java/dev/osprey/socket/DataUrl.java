package dev.osprey.socket;

import java.util.Base64;

/** Bytes as clients put them into text: base64, perhaps as a data URL, as a browser's canvas makes them. */
public final class DataUrl {

    private DataUrl() {}

    /**
     * The bytes of a text.
     *
     * @throws IllegalArgumentException where it is no base64
     */
    public static byte[] bytes(String text) {
        String payload = payload(text);
        try {
            return Base64.getDecoder().decode(payload);
        } catch (IllegalArgumentException e) {
            // Some encoders break lines, which the strict alphabet has no room for.
            return Base64.getDecoder().decode(payload.replaceAll("\\s", ""));
        }
    }

    /** The part between the first and the second comma of a data URL; a text without a comma as it is. */
    private static String payload(String text) {
        int first = text.indexOf(',');
        int second = text.indexOf(',', first + 1);
        return first < 0 ? text : text.substring(first + 1, second < 0 ? text.length() : second);
    }
}
