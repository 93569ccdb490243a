package dev.osprey.model;

import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Interpolation;
import dev.osprey.imaging.Palette;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the server needs to know of a model; the format of {@code model.json} is described in {@code models/README.md}.
 *
 * @param version the version served after a start
 * @param sha256 64 hexadecimal digits by version
 * @param input what the network takes, or the first of {@link #inputs}
 * @param output what the network gives
 * @param labels names by class id; empty where the kind has no classes
 * @param palette colours by class id, as many as labels; the standard one where the kind draws nothing
 * @param warmupRuns runs on random input for every batch size, at least 1
 * @param memoryMib what the loaded and warmed model takes
 */
public record ModelManifest(
        String name,
        ModelKind kind,
        String description,
        int version,
        Map<Integer, String> sha256,
        Tensor input,
        Tensor output,
        List<String> labels,
        Palette palette,
        Batch batch,
        int warmupRuns,
        int memoryMib,
        String licence,
        String source) {

    /** One input of a network, mostly its only one, or its only output. */
    public sealed interface Tensor
            permits Pictures, Clips, Masks, Landmarks, Classes, Values, Tokens, Noisy, Pixels, Depths, Field {

        String tensor();

        ElementType elements();

        /** Of one picture or clip; the network's own has the batch in front. */
        List<Integer> shape();

        /** Of one picture or clip. */
        default long bytes() {
            return shape().stream()
                    .mapToLong(Integer::longValue)
                    .reduce(elements().bytes(), (a, b) -> a * b);
        }

        /** The inputs that a network takes beside this one. */
        default List<Tensor> beside() {
            return List.of();
        }
    }

    /** What a tensor is made of, in the machine's own byte order. */
    public enum ElementType {
        UINT8(1),
        INT32(4),
        FLOAT32(4);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        /** Of one element. */
        public int bytes() {
            return bytes;
        }
    }

    /** Pictures, brought to width × height as the model's kind does it: {@code uint8 [N, height, width, 3]}. */
    public record Pictures(String tensor, int width, int height, ColourOrder colour, Interpolation interpolation)
            implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.UINT8;
        }

        @Override
        public List<Integer> shape() {
            return List.of(height, width, 3);
        }
    }

    /**
     * Pictures in a row, the oldest first, each brought to width × height without regard to its aspect ratio: {@code uint8 [N,
     * frames, height, width, 3]}.
     */
    public record Clips(String tensor, Clip.Shape clip) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.UINT8;
        }

        @Override
        public List<Integer> shape() {
            return List.of(clip.frames(), clip.height(), clip.width(), 3);
        }
    }

    /** Class ids, one a pixel: {@code uint8 [N, height, width]}. */
    public record Masks(String tensor, int width, int height) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.UINT8;
        }

        @Override
        public List<Integer> shape() {
            return List.of(height, width);
        }
    }

    /** Numbers: {@code float32 [N, shape...]}. */
    public record Values(String tensor, List<Integer> shape) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }
    }

    /**
     * A text as numbers of a tokeniser's tokens: {@code int32 [N, length]}.
     *
     * @param padding the token that fills up what the text leaves
     * @param closed whether the model knows only words that are one token; otherwise it was trained to read spelt ones too
     */
    public record Tokens(String tensor, int length, String padding, boolean closed) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.INT32;
        }

        @Override
        public List<Integer> shape() {
            return List.of(length);
        }
    }

    /**
     * A picture in the making, as a denoiser takes it: {@code float32 [N, channels, height, width]}, and beside it how noisy it
     * is and what it is to show.
     *
     * @param timestep {@code float32 [N]}
     * @param condition the text encoder's answer: {@code float32 [N, length, width]}
     */
    public record Noisy(String tensor, List<Integer> shape, Values timestep, Values condition, Sampling sampling)
            implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }

        @Override
        public List<Tensor> beside() {
            return List.of(timestep, condition);
        }
    }

    /**
     * How a denoiser is best used.
     *
     * @param defaultSteps 1 to {@code maxSteps}
     * @param maxSteps more make nothing better
     * @param defaultGuidance 1 where the model was not made for guidance, otherwise more
     */
    public record Sampling(int defaultSteps, int maxSteps, float defaultGuidance) {}

    /** Pictures that a network paints: {@code uint8 [N, height, width, 3]}, RGB. */
    public record Pixels(String tensor, int width, int height) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.UINT8;
        }

        @Override
        public List<Integer> shape() {
            return List.of(height, width, 3);
        }
    }

    /**
     * The points of hands: {@code float32 [N, pictures, points, 3]}, or without the pictures where one is enough; 21 points
     * of x, y, z for each hand there is room for.
     *
     * @param handsNeeded 2 where a picture without a left and a right hand is skipped, else 1
     */
    public record Landmarks(String tensor, List<Integer> shape, int handsNeeded, Normalisation normalisation)
            implements Tensor {

        /** Of one hand. */
        public static final int POINTS = 21;

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }

        /** Pictures in a row that one answer is about. */
        public int clipLength() {
            return shape.size() == 3 ? shape.get(0) : 1;
        }

        /** Hands of one picture that there is room for, 1 or 2. */
        public int hands() {
            return shape.get(shape.size() - 2) / POINTS;
        }
    }

    /** What is done with a hand's landmarks before they are put into the network. */
    public enum Normalisation {
        /** Nothing. */
        NONE,
        /** The wrist is subtracted from every point, then all is divided by the greatest absolute value if above 0. */
        WRIST
    }

    /**
     * What the network says of every class: {@code float32 [N, classes]}.
     *
     * @param threshold a class is told of only where its probability is greater; 0 where the kind tells of each
     */
    public record Classes(String tensor, int count, Activation activation, float threshold) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }

        @Override
        public List<Integer> shape() {
            return List.of(count);
        }
    }

    /** What is still to be done with the network's output, so that it is a distribution. */
    public enum Activation {
        NONE,
        SOFTMAX
    }

    /** What a picture shows at each place: {@code float32 [N, height, width]}, in the meaning of the scale. */
    public record Depths(String tensor, int width, int height, Scale scale) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }

        @Override
        public List<Integer> shape() {
            return List.of(height, width);
        }
    }

    /** What numbers of {@link Depths} mean. */
    public enum Scale {
        /** The distance along the camera's axis, in metres or in any other unit: greater is farther. */
        DEPTH,
        /** Linear in the inverse of the distance, with any factor above 0 and any offset: greater is nearer. */
        INVERSE_DEPTH
    }

    /**
     * A body as a field on a grid: {@code float32 [N, depth, height, width]}; its x goes to the right of the picture, y up, z
     * towards whoever looks.
     *
     * @param level where the field equals it is the body's surface; greater is inside
     */
    public record Field(String tensor, int depth, int height, int width, float level) implements Tensor {

        @Override
        public ElementType elements() {
            return ElementType.FLOAT32;
        }

        @Override
        public List<Integer> shape() {
            return List.of(depth, height, width);
        }
    }

    /**
     * @param max most frames in one call, at least 1
     * @param maxDelay how long a worker may wait for more frames
     */
    public record Batch(int max, Duration maxDelay) {}

    /** All that the network takes, {@link #input} first. */
    public List<Tensor> inputs() {
        return Stream.concat(Stream.of(input), input.beside().stream()).toList();
    }

    /**
     * The input of a model that takes pictures.
     *
     * @throws IllegalStateException where its kind takes something else
     */
    public Pictures pictures() {
        return as(Pictures.class, input);
    }

    /**
     * The input of a model that takes clips.
     *
     * @throws IllegalStateException where its kind takes something else
     */
    public Clips clips() {
        return as(Clips.class, input);
    }

    /**
     * The output of a model that gives masks.
     *
     * @throws IllegalStateException where its kind gives something else
     */
    public Masks masks() {
        return as(Masks.class, output);
    }

    /**
     * The input of a model that takes the landmarks of hands.
     *
     * @throws IllegalStateException where its kind takes something else
     */
    public Landmarks landmarks() {
        return as(Landmarks.class, input);
    }

    /**
     * The output of a model that tells classes apart.
     *
     * @throws IllegalStateException where its kind gives something else
     */
    public Classes classes() {
        return as(Classes.class, output);
    }

    /**
     * The input of a model that takes texts.
     *
     * @throws IllegalStateException where its kind takes something else
     */
    public Tokens tokens() {
        return as(Tokens.class, input);
    }

    /**
     * The input of a model that takes pictures in the making.
     *
     * @throws IllegalStateException where its kind takes something else
     */
    public Noisy noisy() {
        return as(Noisy.class, input);
    }

    /**
     * The output of a model that paints pictures.
     *
     * @throws IllegalStateException where its kind gives something else
     */
    public Pixels pixels() {
        return as(Pixels.class, output);
    }

    /**
     * The output of a model that tells depths.
     *
     * @throws IllegalStateException where its kind gives something else
     */
    public Depths depths() {
        return as(Depths.class, output);
    }

    /**
     * The output of a model that gives a field.
     *
     * @throws IllegalStateException where its kind gives something else
     */
    public Field field() {
        return as(Field.class, output);
    }

    private <T extends Tensor> T as(Class<T> expected, Tensor found) {
        if (!expected.isInstance(found)) {
            throw new IllegalStateException("\"%s\" is of the kind %s, which has %s where %s were expected"
                    .formatted(name, kind.wireName(), found.getClass().getSimpleName(), expected.getSimpleName()));
        }
        return expected.cast(found);
    }
}
