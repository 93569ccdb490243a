package dev.osprey.bench.load;

import java.io.BufferedInputStream;
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
import javax.net.ssl.SSLSocketFactory;

/**
 * As much of RFC 6455 as a client needs that sends whole messages and waits for whole answers, on a blocking socket and
 * the caller's thread: what is measured with it is the server.
 */
public final class PlainWebSocket implements AutoCloseable {

    public static final int TEXT = 1;
    public static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    static final byte[] MASK = {0x3C, 0x55, (byte) 0xA3, 0x0F};

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /** @param opcode {@link #TEXT} or {@link #BINARY} */
    public record Message(int opcode, byte[] payload) {}

    /** To a server on this machine. */
    public PlainWebSocket(int port, String path) throws IOException {
        this(URI.create("ws://127.0.0.1:" + port + path), 0);
    }

    /**
     * @param address {@code ws://host:port/path?query} or {@code wss://…}
     * @param receiveBuffer bytes that the system keeps for a client that does not read; 0 for what it does by itself
     */
    PlainWebSocket(URI address, int receiveBuffer) throws IOException {
        boolean secure = "wss".equals(address.getScheme());
        socket = secure ? SSLSocketFactory.getDefault().createSocket() : new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        // The largest networks take more than ten seconds for a frame.
        socket.setSoTimeout(120_000);
        int port = address.getPort() < 0 ? secure ? 443 : 80 : address.getPort();
        socket.connect(new InetSocketAddress(address.getHost(), port));
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        out.write(("GET " + address.getRawPath() + query + " HTTP/1.1\r\nHost: " + address.getHost() + ":" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 101")) {
            throw new IOException("The server answered the handshake with " + status);
        }
        while (!line().isEmpty()) {}
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The server closed the connection during the handshake");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** The bytes of a message as they go over the wire; masked as a client's must be, with one mask for all. */
    public static byte[] frame(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % 4]));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    public void send(byte[] frame) throws IOException {
        out.write(frame);
    }

    /** The next message of the server; its pings are answered on the way. */
    public Message receive() throws IOException {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        int messageOpcode = 0;
        while (true) {
            int first = in.readUnsignedByte();
            int opcode = first & 0x0F;
            byte[] payload = in.readNBytes(length());
            if (opcode == CLOSE) {
                throw new EOFException("The server closed the connection");
            } else if (opcode == PING) {
                send(frame(PONG, payload));
            } else if (opcode != PONG) {
                messageOpcode = opcode == 0 ? messageOpcode : opcode;
                boolean last = (first & 0x80) != 0;
                if (last && parts.size() == 0) {
                    return new Message(messageOpcode, payload);
                }
                parts.write(payload);
                if (last) {
                    return new Message(messageOpcode, parts.toByteArray());
                }
            }
        }
    }

    private int length() throws IOException {
        int length = in.readUnsignedByte();
        if (length == 126) {
            return in.readUnsignedShort();
        }
        return length == 127 ? Math.toIntExact(in.readLong()) : length;
    }

    /** Reads no more than so many bytes and forgets them, whatever they are; -1 at the end. */
    int skip(int most) throws IOException {
        return in.read(new byte[most]);
    }

    /** Says that nothing more will be sent, but for TLS, which cannot; what the server sends can still be read. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Is gone without a word: a reset instead of a closing handshake. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        send(frame(CLOSE, new byte[] {0x03, (byte) 0xE8}));
        socket.close();
    }
}
