package dev.osprey.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * Networks written as the Protocol Buffers message of the ONNX format by hand: {@code mask}, uint8 [N, height, width], is
 * the greatest of the three channels of {@code pixels}, uint8 [N, height, width, 3].
 */
public final class TinyNetwork {

    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int INT32 = 6;
    private static final int INT64 = 7;
    private static final int BOOL = 9;

    private TinyNetwork() {}

    /** @param batch how many pictures it takes; -1 for any number */
    public static byte[] greatestChannel(int batch, int height, int width) {
        return model(new Message()
                .message(1, greatest("mask"))
                .text(2, "tiny")
                .message(11, tensor("pixels", UINT8, batch, height, width, 3))
                .message(12, tensor("mask", UINT8, batch, height, width)));
    }

    /**
     * A network of numbers: {@code probabilities}, float32 [N, 21], is the greatest coordinate of each of the 21 points of
     * {@code landmarks}, float32 [N, 21, 3].
     */
    public static byte[] greatestCoordinate() {
        Message greatest = node("ReduceMax", "landmarks", "probabilities")
                .message(5, new Message().text(1, "axes").number(20, 7).number(8, 2))
                .message(5, new Message().text(1, "keepdims").number(20, 2).number(3, 0));
        return model(new Message()
                .message(1, greatest)
                .text(2, "tiny")
                .message(11, tensor("landmarks", FLOAT, -1, 21, 3))
                .message(12, tensor("probabilities", FLOAT, -1, 21)));
    }

    /**
     * A network that tells how bright each picture of a clip is: {@code probabilities}, float32 [N, frames], is the greatest value
     * of each picture of {@code clip}, uint8 [N, frames, side, side, 3], divided by 255.
     */
    public static byte[] brightness(int frames, int side) {
        ByteBuffer full = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 255);
        Message numbers = node("Cast", "clip", "numbers")
                .message(5, new Message().text(1, "to").number(20, 2).number(3, FLOAT));
        Message greatest = node("ReduceMax", "numbers", "greatest")
                .message(
                        5,
                        new Message()
                                .text(1, "axes")
                                .number(20, 7)
                                .number(8, 2)
                                .number(8, 3)
                                .number(8, 4))
                .message(5, new Message().text(1, "keepdims").number(20, 2).number(3, 0));
        return model(new Message()
                .message(1, numbers)
                .message(1, greatest)
                .message(1, node("Div", "greatest", "probabilities").text(1, "full"))
                .text(2, "brightness")
                .message(5, new Message().number(2, FLOAT).text(8, "full").field(9, full.array()))
                .message(11, tensor("clip", UINT8, -1, frames, side, side, 3))
                .message(12, tensor("probabilities", FLOAT, -1, frames)));
    }

    /**
     * A network that says the same of every picture: {@code values}, float32 [1, shape...], whatever {@code pixels}, uint8
     * [1, side, side, 3], are.
     */
    public static byte[] constant(int side, float[] values, int... shape) {
        int[] withBatch = IntStream.concat(IntStream.of(1), IntStream.of(shape)).toArray();
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        Message constant = new Message();
        for (int length : withBatch) {
            constant.number(1, length);
        }
        constant.number(2, FLOAT).text(8, "constant").field(9, raw.array());
        return model(new Message()
                .message(1, node("Identity", "constant", "values"))
                .text(2, "constant")
                .message(5, constant)
                .message(11, tensor("pixels", UINT8, 1, side, side, 3))
                .message(12, tensor("values", FLOAT, withBatch)));
    }

    /**
     * A text encoder that understands nothing: {@code embeddings}, float32 [N, length, 1], are the numbers of {@code tokens}, int32
     * [N, length].
     */
    public static byte[] tokenNumbers(int length) {
        return model(new Message()
                .message(1, node("Unsqueeze", "tokens", "column").text(1, "last"))
                .message(1, castToFloat("column", "embeddings"))
                .text(2, "tokens")
                .message(5, numbers("last", 2))
                .message(11, tensor("tokens", INT32, -1, length))
                .message(12, tensor("embeddings", FLOAT, -1, length, 1)));
    }

    /**
     * A denoiser that is told everything: {@code prediction}, float32 [N, channels, side, side], is {@code latents}, as large, plus
     * {@code timestep}, float32 [N], plus the greatest value of {@code text}, float32 [N, length, 1].
     */
    public static byte[] sumOfWhatItIsTold(int channels, int side, int length) {
        return model(new Message()
                .message(1, reduceMax("text", "greatest", 1, 2))
                .message(1, node("Add", "greatest", "told").text(1, "timestep"))
                .message(1, node("Unsqueeze", "told", "everywhere").text(1, "others"))
                .message(1, node("Add", "latents", "prediction").text(1, "everywhere"))
                .text(2, "sum")
                .message(5, numbers("others", 1, 2, 3))
                .message(11, tensor("latents", FLOAT, -1, channels, side, side))
                .message(11, tensor("timestep", FLOAT, -1))
                .message(11, tensor("text", FLOAT, -1, length, 1))
                .message(12, tensor("prediction", FLOAT, -1, channels, side, side)));
    }

    /** A decoder that paints its latents: {@code pixels}, uint8 [1, side, side, 3], of {@code latents}, float32 [1, 3, side, side]. */
    public static byte[] latentsAsPixels(int side) {
        Message transpose = node("Transpose", "latents", "planes")
                .message(
                        5,
                        new Message()
                                .text(1, "perm")
                                .number(20, 7)
                                .number(8, 0)
                                .number(8, 2)
                                .number(8, 3)
                                .number(8, 1));
        return model(new Message()
                .message(1, transpose)
                .message(
                        1,
                        node("Cast", "planes", "pixels")
                                .message(
                                        5,
                                        new Message()
                                                .text(1, "to")
                                                .number(20, 2)
                                                .number(3, UINT8)))
                .text(2, "pixels")
                .message(11, tensor("latents", FLOAT, 1, 3, side, side))
                .message(12, tensor("pixels", UINT8, 1, side, side, 3)));
    }

    private static Message castToFloat(String input, String output) {
        return node("Cast", input, output)
                .message(5, new Message().text(1, "to").number(20, 2).number(3, FLOAT));
    }

    private static Message reduceMax(String input, String output, int... axes) {
        Message list = new Message().text(1, "axes").number(20, 7);
        for (int axis : axes) {
            list.number(8, axis);
        }
        return node("ReduceMax", input, output)
                .message(5, list)
                .message(5, new Message().text(1, "keepdims").number(20, 2).number(3, 0));
    }

    /** A constant, int64 [values]. */
    private static Message numbers(String name, int... values) {
        Message numbers = new Message().number(1, values.length).number(2, INT64);
        for (int value : values) {
            numbers.number(7, value);
        }
        return numbers.text(8, name);
    }

    /**
     * As {@link #greatestChannel} for one picture, after many turns of a loop that does nothing: on any machine it takes its
     * time, which no second processor shortens.
     *
     * @param turns about two million of them take a second
     */
    public static byte[] slow(int turns, int height, int width) {
        Message body = new Message()
                .message(1, node("Identity", "going", "goes-on"))
                .message(1, node("Identity", "state", "same-state"))
                .text(2, "nothing")
                .message(11, tensor("turn", INT64))
                .message(11, tensor("going", BOOL))
                .message(11, tensor("state", UINT8, 1, height, width))
                .message(12, tensor("goes-on", BOOL))
                .message(12, tensor("same-state", UINT8, 1, height, width));
        Message loop = new Message()
                .text(1, "turns")
                .text(1, "")
                .text(1, "greatest")
                .text(2, "mask")
                .text(4, "Loop")
                .message(5, new Message().text(1, "body").number(20, 5).message(6, body));
        return model(new Message()
                .message(1, greatest("greatest"))
                .message(1, loop)
                .text(2, "slow")
                .message(5, new Message().number(2, INT64).number(7, turns).text(8, "turns"))
                .message(11, tensor("pixels", UINT8, 1, height, width, 3))
                .message(12, tensor("mask", UINT8, 1, height, width)));
    }

    private static Message greatest(String output) {
        return node("ReduceMax", "pixels", output)
                .message(5, new Message().text(1, "axes").number(20, 7).number(8, 3))
                .message(5, new Message().text(1, "keepdims").number(20, 2).number(3, 0));
    }

    private static Message node(String operator, String input, String output) {
        return new Message().text(1, input).text(2, output).text(4, operator);
    }

    private static byte[] model(Message graph) {
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 13))
                .bytes
                .toByteArray();
    }

    private static Message tensor(String name, int elements, int... sides) {
        Message shape = new Message();
        for (int side : sides) {
            shape.message(1, side < 0 ? new Message().text(2, "N") : new Message().number(1, side));
        }
        Message type = new Message().number(1, elements).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, type));
    }

    private static final class Message {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, int value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return field(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return field(field, value.bytes.toByteArray());
        }

        Message field(int field, byte[] value) {
            varint((field << 3) | 2);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        private void varint(int value) {
            for (int rest = value; ; rest >>>= 7) {
                bytes.write(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest);
                if (rest <= 0x7F) {
                    return;
                }
            }
        }
    }
}
