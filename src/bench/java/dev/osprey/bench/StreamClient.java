package dev.osprey.bench;

import dev.osprey.bench.load.PlainWebSocket;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One client of the segmentation stream, in a process of its own: one frame outstanding, the next when it is answered. */
public final class StreamClient {

    /** From the first packet of a connection to the greeting. */
    static final String CONNECTED = "connected_ms";

    private StreamClient() {}

    /**
     * {@code arguments}: the picture. Asked on standard input: {@code rehearse 100} does nothing to the server,
     * {@code connect 8080 100} opens so many connections to that port, one after the other; then {@code text 100} and
     * {@code binary 100} send so many frames, {@code echo-text 100} and {@code echo-binary 100} the same ones to the
     * application {@code echo}, which answers as many bytes as the stream did last; {@code mode sota} changes the mode of both.
     */
    public static void main(String[] arguments) throws IOException {
        byte[] jpeg = Files.readAllBytes(Path.of(arguments[0]));
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Greeter greeter = Greeter.start()) {
            System.out.println(
                    connections(greeter.port(), number(questions.readLine(), 1)).inOneLine());
        }
        String connect = questions.readLine();
        int port = number(connect, 1);
        System.out.println(connections(port, number(connect, 2)).inOneLine());
        try (PlainWebSocket text = new PlainWebSocket(port, "/ws");
                PlainWebSocket binary = new PlainWebSocket(port, "/ws?features=binary,receipt")) {
            text.receive();
            binary.receive();
            byte[] textFrame = PlainWebSocket.frame(PlainWebSocket.TEXT, textMessage(jpeg));
            byte[] binaryFrame = PlainWebSocket.frame(PlainWebSocket.BINARY, binaryMessage(jpeg));
            for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                String what = line.substring(0, line.indexOf(' '));
                Samples samples =
                        switch (what) {
                            case "text" -> frames(text, textFrame, number(line, 1));
                            case "binary" -> frames(binary, binaryFrame, number(line, 1));
                            case "echo-text" -> echo(port, text, textFrame, number(line, 1));
                            case "echo-binary" -> echo(port, binary, binaryFrame, number(line, 1));
                            case "mode" -> changeMode(line.substring(line.indexOf(' ') + 1), text, binary);
                            default -> throw new IOException("Asked for " + what);
                        };
                System.out.println(samples.inOneLine());
            }
        }
    }

    private static int number(@Nullable String question, int word) throws EOFException {
        if (question == null) {
            throw new EOFException("The benchmark asks no more");
        }
        return Integer.parseInt(question.split(" ", -1)[word]);
    }

    /** All connections stay open until the last is. */
    private static Samples connections(int port, int count) throws IOException {
        Samples samples = new Samples();
        Deque<PlainWebSocket> open = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            PlainWebSocket socket = new PlainWebSocket(port, "/ws");
            socket.receive();
            samples.addNanos(CONNECTED, System.nanoTime() - start);
            open.add(socket);
        }
        for (PlainWebSocket socket : open) {
            socket.close();
        }
        return samples;
    }

    private static Samples frames(PlainWebSocket socket, byte[] frame, int count) throws IOException {
        Samples samples = new Samples();
        for (int i = 0; i < count; i++) {
            check(roundTrip(socket, frame, samples), samples);
        }
        return samples;
    }

    /** A connection for each turn: it begins with an answer that does not count. */
    private static Samples echo(int port, PlainWebSocket stream, byte[] frame, int count) throws IOException {
        stream.send(frame);
        int size = stream.receive().payload().length;
        try (PlainWebSocket echo = new PlainWebSocket(port, "/echo/" + size)) {
            roundTrip(echo, frame, new Samples());
            Samples samples = new Samples();
            for (int i = 0; i < count; i++) {
                if (roundTrip(echo, frame, samples).payload().length != size) {
                    throw new IOException("The echo is not as large as the answers");
                }
            }
            return samples;
        }
    }

    private static PlainWebSocket.Message roundTrip(PlainWebSocket socket, byte[] frame, Samples samples)
            throws IOException {
        long start = System.nanoTime();
        socket.send(frame);
        PlainWebSocket.Message answer = socket.receive();
        samples.addNanos(Samples.ROUND_TRIP, System.nanoTime() - start);
        return answer;
    }

    private static Samples changeMode(String mode, PlainWebSocket... sockets) throws IOException {
        byte[] request =
                ("{\"type\":\"change_mode\",\"model_mode\":\"" + mode + "\"}").getBytes(StandardCharsets.US_ASCII);
        Samples samples = new Samples();
        for (PlainWebSocket socket : sockets) {
            long start = System.nanoTime();
            socket.send(PlainWebSocket.frame(PlainWebSocket.TEXT, request));
            JsonObject answer = json(new String(socket.receive().payload(), StandardCharsets.UTF_8));
            samples.addNanos("mode_changed_ms", System.nanoTime() - start);
            if (!answer.getString("type").equals("mode_changed")) {
                throw new IOException("The server answered " + answer);
            }
        }
        return samples;
    }

    /** Not part of the measured time. */
    private static void check(PlainWebSocket.Message answer, Samples samples) throws IOException {
        if (answer.opcode() == PlainWebSocket.TEXT) {
            JsonObject message = json(new String(answer.payload(), StandardCharsets.UTF_8));
            if (!message.getString("type").equals("segmentation")
                    || message.getString("data").isEmpty()) {
                throw new IOException("The server answered " + message);
            }
        } else {
            ByteBuffer message = ByteBuffer.wrap(answer.payload());
            byte[] header = new byte[message.getInt()];
            message.get(header);
            JsonObject receipt = json(new String(header, StandardCharsets.UTF_8))
                    .getJsonObject("metadata")
                    .getJsonObject("receipt");
            receipt.forEach((name, value) -> {
                if (name.endsWith("_ms") && value instanceof JsonNumber millis) {
                    samples.add(name, millis.doubleValue());
                }
            });
        }
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static byte[] textMessage(byte[] jpeg) {
        return ("{\"type\":\"frame\",\"data\":\"data:image/jpeg;base64,"
                        + Base64.getEncoder().encodeToString(jpeg) + "\",\"timestamp\":1730131200123}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] binaryMessage(byte[] jpeg) {
        byte[] header = "{\"type\":\"frame\",\"timestamp\":1730131200123}".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Integer.BYTES + header.length + jpeg.length)
                .putInt(header.length)
                .put(header)
                .put(jpeg)
                .array();
    }
}
