package dev.osprey.client;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server that does with each connection what its script says, over WebSocket by hand. */
final class ScriptedServer implements AutoCloseable {

    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int READ_TIMEOUT_MILLIS = 30_000;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** For a connection that is not upgraded. */
    static final Script NOT_FOUND = client -> {};

    private final ServerSocket socket;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Future<?> played;

    /** What happens to one connection; a failure of it is the test's. */
    interface Script {
        void play(Client client) throws IOException;
    }

    /** @param scripts one for each connection, in their order */
    ScriptedServer(Script... scripts) throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        played = executor.submit(() -> {
            for (Script script : scripts) {
                try (Socket accepted = socket.accept()) {
                    accepted.setSoTimeout(READ_TIMEOUT_MILLIS);
                    Client client = new Client(accepted);
                    if (script == NOT_FOUND) {
                        client.refuse();
                    } else {
                        client.upgrade();
                        script.play(client);
                    }
                }
            }
            return null;
        });
    }

    String address() {
        return "http://" + socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    /** Returns when all scripts were played to their end. */
    void finish() throws InterruptedException, ExecutionException, TimeoutException {
        played.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        executor.shutdownNow();
    }

    /** The client, as the server sees it. */
    static final class Client {

        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private String requestLine = "";

        private Client(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
        }

        private String key() throws IOException {
            String key = "";
            requestLine = line();
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                    key = line.substring(18).strip();
                }
            }
            return key;
        }

        private void refuse() throws IOException {
            key();
            out.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }

        private void upgrade() throws IOException {
            String key = key();
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }

        private static String accept(String key) {
            try {
                byte[] digest =
                        MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
                return Base64.getEncoder().encodeToString(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
                if (next != '\r') {
                    line.write(next);
                }
            }
            return line.toString(StandardCharsets.US_ASCII);
        }

        /** Of the upgrade, such as {@code GET /stream HTTP/1.1}. */
        String requestLine() {
            return requestLine;
        }

        /** The next message, which has to be of this type. */
        JsonObject expect(String type) throws IOException {
            String text = new String(message(TEXT), StandardCharsets.UTF_8);
            try (JsonReader reader = Json.createReader(new StringReader(text))) {
                JsonObject message = reader.readObject();
                if (!message.getString("type").equals(type)) {
                    throw new IllegalStateException("expected " + type + ", found " + text);
                }
                return message;
            }
        }

        byte[] expectBinary() throws IOException {
            return message(BINARY);
        }

        /** Asks for a sign of life, which has to be the next thing that comes: the client has sent nothing else before. */
        void expectNothingButPong() throws IOException {
            send(PING, true, ByteBuffer.allocate(0));
            message(PONG);
        }

        /** Takes whatever comes until the client says goodbye or is gone. */
        void expectEnd() throws IOException {
            try {
                for (int opcode = 0; opcode != CLOSE; ) {
                    opcode = in.readUnsignedByte() & 0x0F;
                    payload();
                }
            } catch (EOFException | SocketException gone) {
                // So it is.
            }
        }

        private byte[] message(int expected) throws IOException {
            int first = in.readUnsignedByte();
            while ((first & 0x0F) == PING) {
                payload();
                first = in.readUnsignedByte();
            }
            boolean last = (first & 0x80) != 0;
            int opcode = first & 0x0F;
            byte[] payload = payload();
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.write(payload);
            while (!last) {
                last = (in.readUnsignedByte() & 0x80) != 0;
                whole.write(payload());
            }
            if (opcode != expected) {
                throw new IllegalStateException("expected opcode " + expected + ", found " + opcode);
            }
            return whole.toByteArray();
        }

        private byte[] payload() throws IOException {
            long length = in.readUnsignedByte() & 0x7F;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(Math.toIntExact(length));
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return payload;
        }

        void send(String json) throws IOException {
            send(TEXT, true, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        }

        /** A message in two frames, as a proxy may cut it. */
        void sendInParts(String json) throws IOException {
            byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            int half = bytes.length / 2;
            send(TEXT, false, ByteBuffer.wrap(bytes, 0, half));
            send(0, true, ByteBuffer.wrap(bytes, half, bytes.length - half));
        }

        private void send(int opcode, boolean last, byte[] payload) throws IOException {
            send(opcode, last, ByteBuffer.wrap(payload));
        }

        private void send(int opcode, boolean last, ByteBuffer payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(payload.remaining() + 10).put((byte) (opcode | (last ? 0x80 : 0)));
            if (payload.remaining() < 126) {
                frame.put((byte) payload.remaining());
            } else {
                frame.put((byte) 126).putShort((short) payload.remaining());
            }
            frame.put(payload).flip();
            out.write(frame.array(), 0, frame.limit());
        }

        void ack(long number) throws IOException {
            send("{'type':'frame_ack','session_id':'s','frame_number':" + number + ",'status':'received'}");
        }

        /** Takes frames, which have to have these numbers, and acknowledges each at once. */
        void takeFrames(long from, long to) throws IOException {
            for (long number = from; number < to; number++) {
                expectFrame(number);
                ack(number);
            }
        }

        /** The picture of the next message, a frame that has to have this number. */
        byte[] expectFrame(long number) throws IOException {
            JsonObject header = expect("frame");
            if (header.getJsonNumber("frame_number").longValue() != number) {
                throw new IllegalStateException("expected frame " + number + ", found " + header);
            }
            byte[] picture = expectBinary();
            if (header.getInt("size") != picture.length) {
                throw new IllegalStateException("size " + header + " of " + picture.length + " bytes");
            }
            return picture;
        }

        /** From {@code session_end} to the result. */
        void decide(long totalFrames, String signal) throws IOException {
            if (expect("session_end").getJsonNumber("total_frames").longValue() != totalFrames) {
                throw new IllegalStateException("another number of frames than " + totalFrames);
            }
            send("{'type':'session_ended','session_id':'s','validation':{'valid':true,'issues':[]}}");
            takeSignal(signal);
            complete();
        }

        void takeSignal(String signal) throws IOException {
            expect("signal");
            String text = new String(expectBinary(), StandardCharsets.UTF_8);
            if (!text.equals(signal)) {
                throw new IllegalStateException("signal " + text);
            }
            send("{'type':'signal_ack','session_id':'s','status':'received'}");
        }

        void complete() throws IOException {
            send("{'type':'process_start','session_id':'s'}");
            send("{'type':'process_progress','session_id':'s','stage':'yolo','progress':0.5,'message':'half'}");
            sendInParts("{'type':'process_complete','session_id':'s','result':{'status':'success','decision':"
                    + "{'winner':'left','reason':'Left has right-of-way','confidence':0.875,'rule':'tempo'},"
                    + "'wall_time_seconds':1.25}}");
            expectEnd();
        }

        void fail(String code, String sentence, boolean recoverable) throws IOException {
            send("{'type':'error','session_id':null,'error_code':'" + code + "','error_message':'" + sentence
                    + "','recoverable':" + recoverable + "}");
        }

        /** Says why the connection ends, in a close frame. */
        void close(int code) throws IOException {
            send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) code).array());
        }

        /** Is gone from one moment to the next. */
        void vanish() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
