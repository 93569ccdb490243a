package dev.osprey.bench;

import dev.osprey.bench.load.PlainWebSocket;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Clients that stream bouts at full size: each sends a frame whenever one is due, whatever was acknowledged, and counts how late
 * acknowledgements come.
 */
public final class BoutCameras {

    /** From the time a frame is due to its acknowledgement; of the measured time's halves. */
    static final List<String> ACKS = List.of("ack1_ms", "ack2_ms");

    static final String FRAMES = "frames";
    static final String RECEIVED = "received";

    /** Of one frame. */
    static final String KILOBYTES = "kilobytes";

    private static final int WIDTH = 1_920;
    private static final int HEIGHT = 1_080;
    private static final int RATE = 30;

    /** As a camera's picture has, of which a computed one has none: about 0.5 MB a frame with it. */
    private static final int NOISE = 12;

    private static final int PATIENCE_SECONDS = 30;

    private BoutCameras() {}

    /** {@code arguments}: a picture. Asked {@code port sessions seconds name} on standard input, it streams for so long. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        byte[] frame = frame(Path.of(arguments[0]));
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] question = line.split(" ", 4);
            List<Camera> cameras = new ArrayList<>();
            int sessions = Integer.parseInt(question[1]);
            for (int i = 0; i < sessions; i++) {
                cameras.add(new Camera(
                        Integer.parseInt(question[0]),
                        question[3] + i,
                        frame,
                        (double) i / sessions,
                        Integer.parseInt(question[2])));
            }
            Samples all = new Samples();
            for (Camera camera : cameras) {
                all.addAll(camera.finish());
            }
            all.add(KILOBYTES, frame.length / 1e3);
            System.out.println(all.inOneLine());
        }
    }

    private static byte[] frame(Path picture) throws IOException {
        ImageLimits limits = new ImageLimits(1 << 24, WIDTH, HEIGHT);
        try (Picture small = Picture.decode(ByteBuffer.wrap(Files.readAllBytes(picture)), limits);
                Picture large = small.resized(WIDTH, HEIGHT)) {
            byte[] rgb = large.rgb();
            Random random = new Random(1);
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) Math.max(0, Math.min(255, (rgb[i] & 0xFF) + random.nextInt(NOISE) - NOISE / 2));
            }
            try (Picture noisy = Picture.ofRgb(WIDTH, HEIGHT, rgb)) {
                return noisy.jpeg(85);
            }
        }
    }

    /** Two threads: one sends, one reads; figures are taken when both have ended. */
    private static final class Camera {

        private final String id;
        private final PlainWebSocket socket;
        private final int frames;
        private final AtomicLongArray dueNanos;
        private final Thread sender;
        private final Thread reader;

        // Of the reading thread.
        private final Samples samples = new Samples();
        private int received;

        Camera(int port, String id, byte[] frame, double phase, int seconds) throws IOException {
            this.id = id;
            this.frames = seconds * RATE;
            this.dueNanos = new AtomicLongArray(frames);
            socket = new PlainWebSocket(port, "/stream");
            socket.send(text("{\"type\":\"session_start\",\"session_id\":\"%s\",\"fps\":%d,\"width\":%d,\"height\":%d}"
                    .formatted(id, RATE, WIDTH, HEIGHT)));
            socket.receive();
            byte[] message = PlainWebSocket.frame(PlainWebSocket.BINARY, frame);
            sender = new Thread(() -> send(message, phase), "sender");
            reader = new Thread(this::read, "reader");
            sender.start();
            reader.start();
        }

        private static byte[] text(String message) {
            return PlainWebSocket.frame(PlainWebSocket.TEXT, message.getBytes(StandardCharsets.UTF_8));
        }

        private void send(byte[] frame, double phase) {
            long period = TimeUnit.SECONDS.toNanos(1) / RATE;
            long due = System.nanoTime() + (long) (phase * period);
            try {
                for (int number = 0; number < frames; number++) {
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    dueNanos.set(number, due);
                    socket.send(text("{\"type\":\"frame\",\"session_id\":\"%s\",\"frame_number\":%d,\"timestamp\":0}"
                            .formatted(id, number)));
                    socket.send(frame);
                    due += period;
                }
            } catch (IOException e) {
                // What was not sent is missing in the figures.
                reader.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void read() {
            try {
                while (received < frames) {
                    String text = new String(socket.receive().payload(), StandardCharsets.UTF_8);
                    if (text.contains("\"status\":\"received\"")) {
                        long nanos = System.nanoTime() - dueNanos.get(received);
                        samples.addNanos(ACKS.get(received * ACKS.size() / frames), nanos);
                        received++;
                    }
                }
            } catch (IOException e) {
                // As above.
                sender.interrupt();
            }
        }

        Samples finish() throws IOException, InterruptedException {
            sender.join(TimeUnit.SECONDS.toMillis(frames / RATE + PATIENCE_SECONDS));
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            socket.send(text("{\"type\":\"session_abort\",\"session_id\":\"%s\"}".formatted(id)));
            socket.close();
            samples.add(FRAMES, frames);
            samples.add(RECEIVED, received);
            return samples;
        }
    }
}
