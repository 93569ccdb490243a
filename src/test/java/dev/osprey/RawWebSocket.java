package dev.osprey;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket by hand, for everything that a well-behaved client cannot do. One thread at a time receives, any sends. */
public final class RawWebSocket implements AutoCloseable {

    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /** A frame from the server. */
    public record Frame(int opcode, byte[] payload) {

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public int closeCode() {
            return ByteBuffer.wrap(payload).getShort();
        }
    }

    /**
     * Connects.
     *
     * @param receiveBufferBytes what the client's system may hold for it; 0 leaves that to the system
     */
    public RawWebSocket(URI address, int receiveBufferBytes) throws IOException {
        this(address, receiveBufferBytes, new byte[0]);
    }

    /**
     * As the other one.
     *
     * @param early sent together with the handshake
     */
    public RawWebSocket(URI address, int receiveBufferBytes, byte[] early) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(("GET " + address.getPath() + query + " HTTP/1.1\r\nHost: " + address.getHost()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        first.writeBytes(early);
        out.write(first.toByteArray());
        skipResponse();
    }

    private void skipResponse() throws IOException {
        int lineFeeds = 0;
        for (int next = in.readUnsignedByte(); lineFeeds < 2; ) {
            lineFeeds = next == '\n' ? lineFeeds + 1 : next == '\r' ? lineFeeds : 0;
            if (lineFeeds < 2) {
                next = in.readUnsignedByte();
            }
        }
    }

    /** A whole message in one frame. */
    public static byte[] frame(int opcode, byte[] payload) {
        return frame(opcode, true, payload);
    }

    /** A frame with the mask 0, which leaves its payload readable. */
    public static byte[] frame(int opcode, boolean last, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) (opcode | (last ? 0x80 : 0)));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    public static byte[] text(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public synchronized void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** The next frame; {@link EOFException} where the server has ended the connection. */
    public Frame next() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0F;
        long length = in.readUnsignedByte() & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new Frame(opcode, payload);
    }

    /** The next frame that is no ping; pings are answered. */
    public Frame nextData() throws IOException {
        Frame frame = next();
        while (frame.opcode() == PING) {
            send(frame(PONG, frame.payload()));
            frame = next();
        }
        return frame;
    }

    /** Up to so many of the bytes that are there, a part of a frame perhaps. */
    public int readSome(byte[] target) throws IOException {
        return in.read(target);
    }

    /** Sends nothing more, and says so. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Is gone from one moment to the next, without a word. */
    public void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
