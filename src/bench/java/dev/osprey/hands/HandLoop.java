package dev.osprey.hands;

import dev.osprey.bench.Samples;
import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.imaging.Border;
import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest.Landmarks;
import dev.osprey.model.ModelManifest.Pictures;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Picture after picture from a JPEG to the probabilities of letters, with one hand that is followed, and beside that the
 * networks alone on input that lies ready; on one thread, with nothing around it.
 */
public final class HandLoop implements AutoCloseable {

    private final ByteBuffer image;
    private final ImageLimits limits;
    private final WarmModels models;
    private final Lease palmDetection;
    private final Lease handLandmarks;
    private final @Nullable Lease letters;
    private final ByteBuffer crop;
    private final ByteBuffer points;
    private final ByteBuffer clip;
    private final ByteBuffer probabilities;
    private final HandTracker one = new HandTracker(new HandTracker.Settings(1, 0.5f, 0.5f));
    private final HandTracker two = new HandTracker(new HandTracker.Settings(2, 0.5f, 0.5f));

    private HandLoop(Path picture) throws IOException {
        byte[] jpeg = Files.readAllBytes(picture);
        image = ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip();
        OspreyConfig config = DefaultConfig.read();
        limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
        models = WarmModels.open(config);
        palmDetection = loaded("palm-detection");
        handLandmarks = loaded("hand-landmarks");
        Optional<String> longest = longestClip(models.catalogue());
        letters = longest.map(this::loaded).orElse(null);
        crop = buffer(handLandmarks.inputBytes(1));
        points = buffer(handLandmarks.outputBytes(1));
        clip = buffer(letters == null ? 0 : letters.inputBytes(1));
        probabilities = buffer(letters == null ? 0 : letters.outputBytes(1));
        System.err.println("Letters by " + longest.orElse("no model: the repository has none"));
        try (Picture frame = Picture.decode(image, limits)) {
            Pictures input = handLandmarks.manifest().pictures();
            Crop whole = Crop.letterbox(frame.width(), frame.height());
            frame.cropInto(crop, input.width(), input.height(), whole, Border.EDGE, ColourOrder.BGR);
        }
    }

    private Lease loaded(String model) {
        models.load(model);
        return models.lease(model);
    }

    /** The model of letters that sees the most pictures at once. */
    private static Optional<String> longestClip(Catalogue catalogue) {
        return catalogue.names(ModelKind.LETTERS).stream()
                .max(Comparator.comparingInt(
                        name -> catalogue.manifest(name).landmarks().clipLength()));
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * {@code arguments}: the picture. Asked {@code networks 10}, {@code one 10} or {@code two 10} on standard input, it runs
     * the networks alone, or processes the picture, so often; the number is of the hands that there may be.
     */
    public static void main(String[] arguments) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HandLoop loop = new HandLoop(Path.of(arguments[0]))) {
            for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                String[] question = line.split(" ", 2);
                int count = Integer.parseInt(question[1]);
                Samples samples = new Samples();
                for (int i = 0; i < count; i++) {
                    switch (question[0]) {
                        case "networks" -> loop.runNetworks(samples);
                        case "one" -> loop.process(loop.one, samples);
                        case "two" -> loop.process(loop.two, samples);
                        default -> throw new IllegalArgumentException("No way \"" + line + "\"");
                    }
                }
                System.out.println(samples.inOneLine());
            }
        }
    }

    private void runNetworks(Samples samples) {
        long start = System.nanoTime();
        handLandmarks.run(crop, points, 1, new Cancellation());
        long seen = System.nanoTime();
        if (letters != null) {
            letters.run(clip, probabilities, 1, new Cancellation());
        }
        long end = System.nanoTime();
        samples.addNanos(Samples.ROUND_TRIP, end - start);
        samples.addNanos("landmarks_ms", seen - start);
        samples.addNanos("letters_ms", end - seen);
    }

    private void process(HandTracker tracker, Samples samples) {
        long start = System.nanoTime();
        try (Picture picture = Picture.decode(image, limits)) {
            long decoded = System.nanoTime();
            List<Hand> hands = tracker.track(picture, palmDetection, handLandmarks, new Cancellation());
            long tracked = System.nanoTime();
            if (hands.size() != 1) {
                throw new IllegalStateException("The picture was taken for one hand, found " + hands.size());
            }
            if (letters != null) {
                append(hands.get(0), letters.manifest().landmarks());
                letters.run(clip, probabilities, 1, new Cancellation());
            }
            long end = System.nanoTime();
            samples.addNanos(Samples.ROUND_TRIP, end - start);
            samples.addNanos("decode_ms", decoded - start);
            samples.addNanos("track_ms", tracked - decoded);
            samples.addNanos("letters_ms", end - tracked);
        }
    }

    /** Puts the hand behind those of the last pictures, the oldest out. */
    private void append(Hand hand, Landmarks input) {
        FloatBuffer values = clip.asFloatBuffer();
        int ofAPicture = 3 * Landmarks.POINTS * input.hands();
        int last = values.capacity() - ofAPicture;
        values.put(0, values, ofAPicture, last);
        for (int i = 0; i < ofAPicture; i++) {
            values.put(last + i, 0);
        }
        boolean second = input.hands() == 2 && hand.side() == Hand.Side.RIGHT;
        values.put(last + (second ? 3 * Landmarks.POINTS : 0), hand.landmarks());
    }

    @Override
    public void close() {
        palmDetection.close();
        handLandmarks.close();
        if (letters != null) {
            letters.close();
        }
        models.close();
    }
}
