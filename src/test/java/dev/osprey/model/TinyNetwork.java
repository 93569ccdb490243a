package dev.osprey.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A network of one node, written as the Protocol Buffers message of the ONNX format by hand: {@code mask}, uint8
 * [N, height, width], is the greatest of the three channels of {@code pixels}, uint8 [N, height, width, 3].
 */
public final class TinyNetwork {

    private static final int UINT8 = 2;

    private TinyNetwork() {}

    /** @param batch how many pictures it takes; -1 for any number */
    public static byte[] greatestChannel(int batch, int height, int width) {
        Message node = new Message()
                .text(1, "pixels")
                .text(2, "mask")
                .text(4, "ReduceMax")
                .message(5, new Message().text(1, "axes").number(20, 7).number(8, 3))
                .message(5, new Message().text(1, "keepdims").number(20, 2).number(3, 0));
        Message graph = new Message()
                .message(1, node)
                .text(2, "tiny")
                .message(11, tensor("pixels", batch, height, width, 3))
                .message(12, tensor("mask", batch, height, width));
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 13))
                .bytes
                .toByteArray();
    }

    private static Message tensor(String name, int... sides) {
        Message shape = new Message();
        for (int side : sides) {
            shape.message(1, side < 0 ? new Message().text(2, "N") : new Message().number(1, side));
        }
        Message type = new Message().number(1, UINT8).message(2, shape);
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

        private Message field(int field, byte[] value) {
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
