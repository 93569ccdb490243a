package dev.osprey.segmentation;

import dev.osprey.bench.Samples;
import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Rendering;
import dev.osprey.runtime.WarmModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The limit that a server is measured against: picture after picture through the server's own {@link Segmenter}, on one
 * thread, with nothing around it.
 */
public final class BareLoop {

    private BareLoop() {}

    /**
     * {@code arguments}: the picture, the model. Asked {@code bare 10} on standard input, it processes the picture so often; its
     * answers also say how many MiB it has grown by since before the model was loaded.
     */
    public static void main(String[] arguments) throws IOException {
        byte[] jpeg = Files.readAllBytes(Path.of(arguments[0]));
        ByteBuffer image = ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip();
        OspreyConfig config = DefaultConfig.read();
        String model = arguments[1];
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ImageLimits limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
        try (WarmModels models = WarmModels.open(config)) {
            Segmenter segmenter = new Segmenter(model, models, limits, config.segmentation()::jpegQuality);
            // OpenCV belongs to the process, not to the model.
            Picture.decode(image, limits).close();
            double before = residentMib();
            models.load(model);
            for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                int count = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
                Samples samples = new Samples();
                for (int i = 0; i < count; i++) {
                    long start = System.nanoTime();
                    Segmented segmented = OneFrame.segment(segmenter, image, Rendering.DEFAULT);
                    samples.addNanos(Samples.ROUND_TRIP, System.nanoTime() - start);
                    Segmented.Times times = segmented.times();
                    samples.addNanos("decode_ms", times.decode());
                    samples.addNanos("resize_ms", times.resize());
                    samples.addNanos("run_ms", times.run());
                    samples.addNanos("render_ms", times.scale() + times.render());
                    samples.addNanos("encode_ms", times.encode());
                }
                samples.add("memory_mib", residentMib() - before);
                System.out.println(samples.inOneLine());
            }
        }
    }

    /** What this process holds of the machine's memory; not a number where the system does not say. */
    private static double residentMib() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1_024)
                        .findFirst()
                        .orElse(Double.NaN)
                : Double.NaN;
    }
}
