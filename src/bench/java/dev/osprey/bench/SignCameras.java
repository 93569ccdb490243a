package dev.osprey.bench;

import dev.osprey.bench.load.PlainWebSocket;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Clients of the sign words over Socket.IO's WebSocket: each sends a frame whenever one is due, whatever was answered. Figures are
 * in milliseconds and are of the time after a warm-up.
 */
public final class SignCameras {

    /** From the sending of a frame to its prediction. */
    static final String REPLY = "reply_ms";

    /** Of a clip's newest frame when the clip was recognised; of the measured time's fifths. */
    static final List<String> AGES = List.of("age1_ms", "age2_ms", "age3_ms", "age4_ms", "age5_ms");

    /** Of each client. */
    static final String RECOGNITIONS = "recognitions";

    static final String FRAMES = "frames";
    static final String PREDICTIONS = "predictions";
    static final String DROPPED = "dropped";

    private static final int WARM_UP_SECONDS = 5;
    private static final int PATIENCE_SECONDS = 30;
    private static final int MOST_FRAMES = 1 << 16;

    private SignCameras() {}

    /** {@code arguments}: the picture. Asked {@code port clients rate seconds} on standard input, it streams for so long. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(arguments[0])));
        byte[] frame = text("42[\"frame\",{\"image\":\"" + picture + "\"}]");
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] question = line.split(" ", 4);
            int clients = Integer.parseInt(question[1]);
            double rate = Double.parseDouble(question[2]);
            long begin = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
            long end = begin + TimeUnit.SECONDS.toNanos(Integer.parseInt(question[3]));
            List<Camera> cameras = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                cameras.add(new Camera(Integer.parseInt(question[0]), frame, rate, (double) i / clients, begin, end));
            }
            Samples all = new Samples();
            for (Camera camera : cameras) {
                all.addAll(camera.finish());
            }
            System.out.println(all.inOneLine());
        }
    }

    private static byte[] text(String packet) {
        return PlainWebSocket.frame(PlainWebSocket.TEXT, packet.getBytes(StandardCharsets.UTF_8));
    }

    /** Two threads: one sends, one reads; figures are taken when both have ended. */
    private static final class Camera {

        private final PlainWebSocket socket;
        private final long begin;
        private final long end;
        private final AtomicLongArray sentNanos = new AtomicLongArray(MOST_FRAMES);
        private final Thread sender;
        private final Thread reader;
        private volatile int sent;
        private volatile boolean over;

        // Of the reading thread.
        private final Samples samples = new Samples();
        private int predictions;
        private int recognitions;
        private int lastRecognition;
        private int dropped;

        Camera(int port, byte[] frame, double rate, double phase, long begin, long end) throws IOException {
            this.begin = begin;
            this.end = end;
            socket = new PlainWebSocket(port, "/socket.io/?EIO=4&transport=websocket&features=receipt");
            socket.receive();
            socket.send(text("40"));
            socket.receive();
            sender = new Thread(() -> send(frame, (long) (1e9 / rate), phase), "sender");
            reader = new Thread(this::read, "reader");
            sender.start();
            reader.start();
        }

        private void send(byte[] frame, long period, double phase) {
            long due = System.nanoTime() + (long) (phase * period);
            try {
                for (int number = 0; due < end && number < MOST_FRAMES; number++) {
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    sentNanos.set(number, System.nanoTime());
                    sent = number + 1;
                    socket.send(frame);
                    due += period;
                }
            } catch (IOException e) {
                over = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void read() {
            try {
                while (!over) {
                    String packet = new String(socket.receive().payload(), StandardCharsets.UTF_8);
                    if (packet.equals("2")) {
                        socket.send(text("3"));
                    } else if (packet.startsWith("42[\"prediction\",")) {
                        predicted(packet.substring(16, packet.length() - 1));
                    }
                }
            } catch (IOException e) {
                over = true;
            }
        }

        private void predicted(String json) {
            long now = System.nanoTime();
            JsonObject receipt;
            try (JsonReader parser = Json.createReader(new StringReader(json))) {
                receipt = parser.readObject().getJsonObject("receipt");
            }
            predictions++;
            if (now < begin || now >= end) {
                return;
            }
            samples.addNanos(REPLY, now - sentNanos.get(receipt.getInt("frame") - 1));
            dropped = receipt.getInt("frames_dropped");
            if (!receipt.isNull("recognition")) {
                JsonObject recognition = receipt.getJsonObject("recognition");
                int number = recognition.getInt("number");
                if (number > lastRecognition) {
                    lastRecognition = number;
                    recognitions++;
                    int fifth = (int) (AGES.size() * (now - begin) / (end - begin));
                    samples.add(
                            AGES.get(fifth), recognition.getJsonNumber("age_ms").doubleValue());
                }
            }
        }

        Samples finish() throws InterruptedException, IOException {
            sender.join();
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!over && predictions < sent && System.nanoTime() < giveUp) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            over = true;
            socket.close();
            reader.join();
            samples.add(FRAMES, sent);
            samples.add(PREDICTIONS, predictions);
            samples.add(RECOGNITIONS, recognitions);
            samples.add(DROPPED, dropped);
            return samples;
        }
    }
}
