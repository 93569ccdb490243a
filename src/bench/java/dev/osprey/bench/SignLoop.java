package dev.osprey.bench;

import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A clip that gets one more picture and is looked at, again and again, on one thread, with nothing around it. */
public final class SignLoop {

    static final String DECODE = "decode_ms";
    static final String RUN = "run_ms";

    private SignLoop() {}

    /** {@code arguments}: the picture. Asked a number on standard input, it recognises so often. */
    public static void main(String[] arguments) throws IOException {
        byte[] jpeg = Files.readAllBytes(Path.of(arguments[0]));
        ByteBuffer image = ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip();
        OspreyConfig config = DefaultConfig.read();
        ImageLimits limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (WarmModels models = WarmModels.open(config)) {
            models.load(config.signs().model());
            try (Lease lease = models.lease(config.signs().model());
                    Clip clip = new Clip(lease.manifest().clips().clip())) {
                while (!clip.isFull()) {
                    add(image, limits, clip);
                }
                for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                    Samples samples = new Samples();
                    for (int i = 0; i < Integer.parseInt(line); i++) {
                        long start = System.nanoTime();
                        add(image, limits, clip);
                        long decoded = System.nanoTime();
                        clip.copyInto(lease.input());
                        lease.run(lease.input(), lease.output(), 1, new Cancellation());
                        lease.probabilities(0);
                        samples.addNanos(DECODE, decoded - start);
                        samples.addNanos(RUN, System.nanoTime() - decoded);
                    }
                    System.out.println(samples.inOneLine());
                }
            }
        }
    }

    private static void add(ByteBuffer image, ImageLimits limits, Clip clip) {
        try (Picture picture = Picture.decode(image, limits)) {
            clip.add(picture);
        }
    }
}
