package dev.osprey.admin;

import dev.osprey.config.OspreyConfig;
import dev.osprey.depth.DepthMap;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Border;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Mask;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Renderer;
import dev.osprey.imaging.Rendering;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turns;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a model that an operator asks for, on its worker and behind live streams, as pictures that are served go. Any thread, which
 * waits for the run.
 */
@Singleton
public class Trials {

    /** Each holds a thread of the container's. */
    private static final int MOST = 4;

    /** Of what an operator waits for; the streams may take all the time there is. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Pixels of the longer side of a picture that is shown. */
    private static final int SHOWN_SIDE = 1_024;

    private static final int TOP = 5;
    private static final int WHITE = 255;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final WarmModels models;
    private final Scheduler scheduler;
    private final ImageLimits limits;
    private final Semaphore places = new Semaphore(MOST);

    @Inject
    public Trials(WarmModels models, Scheduler scheduler, OspreyConfig config) {
        this.models = models;
        this.scheduler = scheduler;
        this.limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
    }

    /**
     * Warms a model again.
     *
     * @return how long each run took
     * @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN}, {@link ErrorCode#MODEL_NOT_READY}, {@link ErrorCode#CAPACITY_EXHAUSTED},
     *     {@link ErrorCode#DEADLINE_EXCEEDED}, {@link ErrorCode#MODEL_FAILED}
     */
    List<Duration> warm(String model) {
        manifest(model);
        return inTurn(model, Lease::warmUp);
    }

    /**
     * Runs a model on a picture.
     *
     * @param image JPEG or PNG
     * @throws OspreyException as {@link #warm} does, {@link ErrorCode#SETTING_INVALID} for models that take no picture, and as a
     *     picture is refused that is sent to be served
     */
    JsonObject look(String model, InputStream image) throws IOException {
        ModelManifest manifest = manifest(model);
        if (!(manifest.input() instanceof ModelManifest.Pictures)) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "\"%s\" is of the kind %s, which takes no picture"
                            .formatted(model, manifest.kind().wireName()));
        }
        byte[] encoded = image.readNBytes(limits.maxBytes() + 1);
        limits.check(encoded.length);
        long start = System.nanoTime();
        try (Picture picture = Picture.decode(ByteBuffer.wrap(encoded), limits)) {
            double decoded = millisecondsSince(start);
            Seen seen = inTurn(model, (lease, cancellation) -> look(lease, picture, cancellation));
            return Json.createObjectBuilder()
                    .add("width", picture.width())
                    .add("height", picture.height())
                    .add(
                            "milliseconds",
                            Json.createObjectBuilder().add("decode", decoded).add("run", seen.milliseconds()))
                    .add("outputs", Json.createArrayBuilder().add(seen.output()))
                    .add(
                            "picture",
                            seen.png() == null
                                    ? JsonValue.NULL
                                    : Json.createValue("data:image/png;base64,"
                                            + Base64.getEncoder().encodeToString(seen.png())))
                    .build();
        }
    }

    private ModelManifest manifest(String model) {
        return models.served(model).orElseGet(() -> models.catalogue().manifest(model));
    }

    private <T> T inTurn(String model, Turns.Run<T> run) {
        if (!places.tryAcquire()) {
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED, "%d models are being tried, the limit is %d".formatted(MOST, MOST));
        }
        try {
            return new Turns(models, scheduler, new Cancellation()).on(model, PATIENCE, run);
        } finally {
            places.release();
        }
    }

    /** @param png null where nothing can be shown */
    private record Seen(double milliseconds, JsonObject output, byte @Nullable [] png) {}

    private static Seen look(Lease lease, Picture picture, Cancellation cancellation) {
        ModelManifest manifest = lease.manifest();
        long start = System.nanoTime();
        if (manifest.output() instanceof ModelManifest.Depths) {
            DepthMap depths = DepthMap.of(lease, picture, cancellation);
            return new Seen(millisecondsSince(start), output(lease), grey(depths, picture));
        }
        fill(lease, picture);
        lease.run(1, cancellation);
        double milliseconds = millisecondsSince(start);
        byte[] png = manifest.output() instanceof ModelManifest.Masks masks ? coloured(lease, masks, picture) : null;
        return new Seen(milliseconds, output(lease), png);
    }

    /** The picture as the model's kind is served it, but for crops: those are of the whole picture. */
    private static void fill(Lease lease, Picture picture) {
        ModelManifest.Pictures input = lease.manifest().pictures();
        switch (lease.manifest().kind()) {
            case PALM_DETECTION, PERSON_DETECTION, YOLO_POSE ->
                picture.cropInto(
                        lease.input(),
                        input.width(),
                        input.height(),
                        Crop.letterbox(picture.width(), picture.height()),
                        Border.BLACK,
                        input.colour());
            default ->
                picture.resizeInto(lease.input(), input.width(), input.height(), input.interpolation(), input.colour());
        }
    }

    private static byte[] coloured(Lease lease, ModelManifest.Masks masks, Picture picture) {
        Mask mask = new Mask(lease.output().slice(0, lease.outputBytes(1)), masks.width(), masks.height());
        try (Picture shown = shown(picture);
                Renderer.Drawn drawn =
                        new Renderer().draw(shown, mask, lease.manifest().palette(), Rendering.DEFAULT)) {
            return drawn.picture().png();
        }
    }

    /** White is nearest. */
    private static byte[] grey(DepthMap depths, Picture picture) {
        try (Picture shown = shown(picture)) {
            float[] nearness = depths.nearness(shown.width(), shown.height(), null);
            byte[] rgb = new byte[3 * nearness.length];
            for (int i = 0; i < nearness.length; i++) {
                byte grey = (byte) Math.round(WHITE * nearness[i]);
                rgb[3 * i] = grey;
                rgb[3 * i + 1] = grey;
                rgb[3 * i + 2] = grey;
            }
            try (Picture map = Picture.ofRgb(shown.width(), shown.height(), rgb)) {
                return map.png();
            }
        }
    }

    private static Picture shown(Picture picture) {
        double scale = Math.min(1, (double) SHOWN_SIDE / Math.max(picture.width(), picture.height()));
        return picture.resized((int) Math.max(1, Math.round(scale * picture.width())), (int)
                Math.max(1, Math.round(scale * picture.height())));
    }

    /** Shape and type of what the last run gave, and the gist of it. */
    private static JsonObject output(Lease lease) {
        ModelManifest manifest = lease.manifest();
        ModelManifest.Tensor output = manifest.output();
        JsonArrayBuilder shape = Json.createArrayBuilder().add(1);
        output.shape().forEach(shape::add);
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("name", output.tensor())
                .add("type", output.elements().name().toLowerCase(Locale.ROOT))
                .add("shape", shape);
        if (output instanceof ModelManifest.Masks) {
            shares(json, lease.output().slice(0, lease.outputBytes(1)), manifest.labels());
        } else if (output instanceof ModelManifest.Classes) {
            float[] probabilities = lease.probabilities(0);
            json.add("top", top(probabilities.length, i -> probabilities[i], "probability", manifest.labels()));
        } else if (output.elements() == ModelManifest.ElementType.FLOAT32) {
            range(json, lease.output().asFloatBuffer(), lease.outputBytes(1) / Float.BYTES);
        }
        return json.build();
    }

    private static void shares(JsonObjectBuilder json, ByteBuffer mask, List<String> labels) {
        int[] pixels = new int[1 << Byte.SIZE];
        int count = mask.remaining();
        while (mask.hasRemaining()) {
            pixels[Byte.toUnsignedInt(mask.get())]++;
        }
        json.add("top", top(pixels.length, i -> (double) pixels[i] / count, "share", labels));
    }

    /** The classes with the greatest values, which none below a thousandth is. */
    private static JsonArrayBuilder top(int classes, IntToDoubleFunction value, String name, List<String> labels) {
        JsonArrayBuilder top = Json.createArrayBuilder();
        IntStream.range(0, classes)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> value.applyAsDouble(i))
                        .reversed())
                .limit(TOP)
                .filter(i -> value.applyAsDouble(i) >= 0.001)
                .forEach(i -> top.add(Json.createObjectBuilder()
                        .add("label", i < labels.size() ? labels.get(i) : Integer.toString(i))
                        .add(name, Math.round(value.applyAsDouble(i) * 1_000) / 1_000.0)));
        return top;
    }

    private static void range(JsonObjectBuilder json, FloatBuffer values, int count) {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            float value = values.get(i);
            if (!Float.isFinite(value)) {
                throw new OspreyException(ErrorCode.MODEL_FAILED, "The model answered with what is no number");
            }
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
            sum += value;
        }
        json.add("min", least).add("max", greatest).add("mean", sum / count);
    }

    private static double millisecondsSince(long startNanos) {
        return ServerView.rounded((System.nanoTime() - startNanos) / NANOS_PER_MILLISECOND);
    }
}
