package dev.osprey.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * How quickly the studio refuses an upload that is no honest picture, against the same bytes in a form without a picture, of which
 * there is nothing to look at. What is measured is what a client waits for, from the first byte sent to the reason read: more than
 * the server's own time.
 */
final class RefusalBenchmark {

    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.refusal-rounds", 500);

    /** Rounds in which the code is compiled. */
    private static final int WARM_UP = 300;

    private static final int WIDTH = 1920;
    private static final int HEIGHT = 1080;
    private static final int PNG_WIDTH_AT = 16;
    private static final int MIB = 1 << 20;
    private static final String BOUNDARY = "the-end-of-a-part";
    private static final String NOTHING = "No image file provided";

    private final Benchmark benchmark;

    RefusalBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    /**
     * An upload that is refused.
     *
     * @param why part of what is answered
     * @param request all that is sent, byte for byte
     * @param plain the same bytes without a picture
     */
    private record Invalid(String name, String why, byte[] request, byte[] plain) {}

    void run() throws IOException, InterruptedException {
        List<Invalid> all = invalid();
        Samples samples = new Samples();
        try (PayaraServer server = benchmark.server("-Dosprey.studio.requests-per-minute=0")) {
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (Invalid each : all) {
                    long plain = nanos(server.port(), each.plain(), NOTHING);
                    long refused = nanos(server.port(), each.request(), each.why());
                    if (round >= 0) {
                        samples.addNanos(each.name(), refused);
                        samples.add("ratio " + each.name(), refused / (double) plain);
                    }
                }
            }
        }
        StringBuilder rows = new StringBuilder();
        for (Invalid each : all) {
            rows.append("| %s | %s | %s ms | %s ms | %s |%n"
                    .formatted(
                            each.name(),
                            Page.decimals(0, each.request().length / 1000.0),
                            Page.decimals(2, samples.median(each.name())),
                            Page.decimals(2, samples.percentile(each.name(), 99)),
                            Page.decimals(2, samples.median("ratio " + each.name()))));
        }
        Page.replace(Benchmark.PAGE, "refusals", Page.machine(benchmark.pinned()) + """
                        - %d rounds, each kind in turn, over a new connection each time, at most 10 ms wanted; the client is held to no processor

                        | refused | KB | median | 99 %% within | ratio to the same bytes without a picture |
                        | --- | --- | --- | --- | --- |
                        %s""".formatted(ROUNDS, rows));
    }

    /** From the first byte sent to the reason read. */
    private static long nanos(int port, byte[] request, String why) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            long start = System.nanoTime();
            socket.getOutputStream().write(request);
            String answer = read(socket.getInputStream(), why);
            long end = System.nanoTime();
            if (!answer.contains(why) || !answer.matches("(?s)HTTP/1\\.1 (400|413) .*")) {
                throw new IOException("Expected a refusal with \"" + why + "\", it was " + answer);
            }
            return end - start;
        }
    }

    /** Up to the reason: of a body that was announced and not sent, the server waits for the rest before it closes the connection. */
    private static String read(InputStream stream, String why) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[8_192];
        String answer = "";
        for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
            all.write(piece, 0, read);
            answer = all.toString(StandardCharsets.UTF_8);
            if (answer.contains(why)) {
                break;
            }
        }
        return answer;
    }

    private static List<Invalid> invalid() throws IOException {
        byte[] png = photograph("png");
        byte[] jpeg = photograph("jpeg");
        byte[] text = "This is a text and no picture.\n".repeat(3_000).getBytes(StandardCharsets.US_ASCII);
        byte[] large = png.clone();
        ByteBuffer.wrap(large).putInt(PNG_WIDTH_AT, 30_000).putInt(PNG_WIDTH_AT + Integer.BYTES, 30_000);
        List<Invalid> all = new ArrayList<>();
        all.add(upload("not an image", "magic number", "a.png", text));
        all.add(upload("a JPEG that says it is a PNG", "magic number", "a.png", jpeg));
        all.add(upload("of a type that is not taken", "Invalid file extension", "a.svg", text));
        all.add(upload("a PNG that is cut off", "Invalid or corrupted", "a.png", half(png)));
        all.add(upload("a JPEG that is cut off", "Invalid or corrupted", "a.jpg", half(jpeg)));
        all.add(upload("30000 × 30000 by its header", "Image too large", "a.png", large));
        all.add(upload("a decompression bomb", "Suspicious compression ratio", "a.png", bomb()));
        all.add(announced());
        return all;
    }

    /** Noise on colours that run, so that neither format has it easy. */
    private static byte[] photograph(String format) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                image.setRGB(x, y, (((x / 8) << 16) | ((y / 8) << 8) | ((x + y) / 16)) + random.nextInt(4));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return bytes.toByteArray();
    }

    private static byte[] half(byte[] image) {
        return Arrays.copyOf(image, image.length / 2);
    }

    /** Sixteen million pixels of one colour, in as few bytes as there is a way to. */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(4_096, 4_096, BufferedImage.TYPE_INT_RGB), "png", bytes);
        byte[] image = bytes.toByteArray();
        if (3.0 * 4_096 * 4_096 / image.length <= 1_000) {
            throw new IllegalStateException("No bomb: %d bytes".formatted(image.length));
        }
        return image;
    }

    private static Invalid upload(String name, String why, String file, byte[] bytes) throws IOException {
        return new Invalid(name, why, request("image", file, bytes), request("other", file, bytes));
    }

    private static byte[] request(String field, String file, byte[] bytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write("--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n"
                .formatted(BOUNDARY, field, file)
                .getBytes(StandardCharsets.US_ASCII));
        body.write(bytes);
        body.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head(body.size()));
        body.writeTo(request);
        return request.toByteArray();
    }

    private static byte[] head(long length) {
        return "POST /api/upload-image HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n"
                .formatted(BOUNDARY, length)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Nothing of the body is sent: by its length it is refused. */
    private static Invalid announced() throws IOException {
        return new Invalid(
                "100 MiB by Content-Length",
                "File too large",
                head(100L * MIB),
                request("other", "a.png", new byte[0]));
    }
}
