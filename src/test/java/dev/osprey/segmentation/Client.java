package dev.osprey.segmentation;

import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.stream.Connections.Entry;
import dev.osprey.stream.FakePeer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** A client of the segmentation stream, from which requests come and to which answers go. */
final class Client {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 1_000, 1_000);

    final SegmentationStream stream;
    final FakePeer peer;

    Client(Segmentation segmentation, FakePeer peer, Set<Feature> features) {
        this.peer = peer;
        if (!(segmentation.connections().enter(peer) instanceof Entry.Admitted admitted)) {
            throw new AssertionError("refused");
        }
        this.stream = new SegmentationStream(segmentation, admitted.connection(), features);
        stream.open();
    }

    void send(String message) {
        stream.receive(RequestReader.read(message));
    }

    /** @param grey brightness of all pixels, and so their class; shown by the answer */
    void frame(int timestamp, int grey) {
        send("{\"type\":\"frame\",\"timestamp\":%d,\"data\":\"%s\"}"
                .formatted(timestamp, Base64.getEncoder().encodeToString(jpeg(grey))));
    }

    void binaryFrame(int timestamp, int grey) {
        stream.receive(
                RequestReader.read(message("{\"type\":\"frame\",\"timestamp\":%d}".formatted(timestamp), jpeg(grey))));
    }

    /** Header length, header, picture. */
    static ByteBuffer message(String header, byte[] picture) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length + picture.length)
                .putInt(bytes.length)
                .put(bytes)
                .put(picture)
                .flip();
    }

    static byte[] jpeg(int grey) {
        byte[] rgb = new byte[16 * 16 * 3];
        Arrays.fill(rgb, (byte) grey);
        try (Picture picture = Picture.ofRgb(16, 16, rgb)) {
            return picture.jpeg(100);
        }
    }

    void changeMode(String mode) {
        send("{\"type\":\"change_mode\",\"model_mode\":\"%s\"}".formatted(mode));
    }

    /** Every message in a few words: its type and what tells it from others of its type. */
    List<String> story() {
        return peer.sent().stream().map(Client::inWords).toList();
    }

    private static String inWords(Object message) {
        JsonObject json = json(message);
        String type = json.getString("type");
        return switch (type) {
            case "segmentation" ->
                "%s %s: %s".formatted(json.get("timestamp"), metadata(message).getString("model_mode"), grey(message));
            case "mode_changed" -> "mode_changed " + json.getString("model_mode");
            case "error" -> json.getString("code") + ": " + json.getString("message");
            default -> type;
        };
    }

    JsonObject last() {
        List<Object> sent = peer.sent();
        return json(sent.get(sent.size() - 1));
    }

    JsonObject message(int index) {
        return json(peer.sent().get(index));
    }

    static JsonObject metadata(Object message) {
        return json(message).getJsonObject("metadata");
    }

    /** The brightness of a segmentation's picture, or its colour where it has one. */
    private static String grey(Object message) {
        try (Picture picture = Picture.decode(picture(message), LIMITS)) {
            byte[] rgb = picture.rgb();
            int red = Byte.toUnsignedInt(rgb[0]);
            int green = Byte.toUnsignedInt(rgb[1]);
            int blue = Byte.toUnsignedInt(rgb[2]);
            boolean colourless = Math.abs(red - green) < 3 && Math.abs(green - blue) < 3;
            return colourless ? Integer.toString(green) : red + "," + green + "," + blue;
        }
    }

    private static ByteBuffer picture(Object message) {
        if (message instanceof ByteBuffer bytes) {
            int headerBytes = bytes.getInt(0);
            return bytes.slice(4 + headerBytes, bytes.limit() - 4 - headerBytes);
        }
        return ByteBuffer.wrap(Base64.getDecoder().decode(json(message).getString("data")));
    }

    static JsonObject json(Object message) {
        String text = message instanceof ByteBuffer bytes
                ? StandardCharsets.UTF_8.decode(bytes.slice(4, bytes.getInt(0))).toString()
                : message.toString();
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
