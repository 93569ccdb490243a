package dev.osprey.bench.load;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a client may do that no server should suffer from; each is done again and again, on a new connection when one ends. */
enum Misbehaviour {
    /** Sends frames like a camera and reads a kilobyte of the answers ten times a second. */
    SLOW_READER(Misbehaviour.SMALL_BUFFER) {
        @Override
        void act(PlainWebSocket socket, FrameMessages messages, long endNanos)
                throws IOException, InterruptedException {
            Thread reader = LoadGenerator.thread("slow-reader", () -> {
                try {
                    while (socket.skip(1024) >= 0) {
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                } catch (IOException | InterruptedException e) {
                    // The connection has ended.
                }
            });
            reader.start();
            sendUntil(socket, messages, endNanos);
        }
    },

    /** Sends frames like a camera and reads nothing. */
    NEVER_READER(Misbehaviour.SMALL_BUFFER) {
        @Override
        void act(PlainWebSocket socket, FrameMessages messages, long endNanos)
                throws IOException, InterruptedException {
            sendUntil(socket, messages, endNanos);
        }
    },

    /** Sends a few frames, then closes its direction of the connection and reads what still comes. */
    HALF_CLOSER(0) {
        @Override
        void act(PlainWebSocket socket, FrameMessages messages, long endNanos)
                throws IOException, InterruptedException {
            sendSome(socket, messages);
            socket.shutdownOutput();
            readUntil(socket, endNanos);
        }
    },

    /** Sends a message of 64 MiB. */
    OVERSIZE(0) {
        @Override
        void act(PlainWebSocket socket, FrameMessages messages, long endNanos) throws IOException {
            socket.receive();
            socket.send(PlainWebSocket.frame(PlainWebSocket.TEXT, new byte[64 << 20]));
            readUntil(socket, endNanos);
        }
    },

    /** Sends a few frames and is gone without a word. */
    VANISHING(0) {
        @Override
        void act(PlainWebSocket socket, FrameMessages messages, long endNanos)
                throws IOException, InterruptedException {
            sendSome(socket, messages);
        }
    };

    private static final int SMALL_BUFFER = 4096;
    private static final int SOME = 5;
    private static final long ANY_TIME = 1_700_000_000_000_000L;
    private static final long CAMERA_MILLIS = 33;

    /** As it is written on a command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private final int receiveBuffer;

    /** @param receiveBuffer as for {@link PlainWebSocket} */
    Misbehaviour(int receiveBuffer) {
        this.receiveBuffer = receiveBuffer;
    }

    /** One connection; ends with an exception when the server has had enough. */
    void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
        PlainWebSocket socket = new PlainWebSocket(address, receiveBuffer);
        try {
            act(socket, messages, endNanos);
        } finally {
            socket.abort();
        }
    }

    abstract void act(PlainWebSocket socket, FrameMessages messages, long endNanos)
            throws IOException, InterruptedException;

    private static void readUntil(PlainWebSocket socket, long endNanos) throws IOException {
        while (System.nanoTime() < endNanos && socket.skip(SMALL_BUFFER) >= 0) {}
    }

    private static void sendUntil(PlainWebSocket socket, FrameMessages messages, long endNanos)
            throws IOException, InterruptedException {
        for (long number = 0; System.nanoTime() < endNanos; number++) {
            socket.send(messages.frame(number, ANY_TIME));
            TimeUnit.MILLISECONDS.sleep(CAMERA_MILLIS);
        }
    }

    private static void sendSome(PlainWebSocket socket, FrameMessages messages)
            throws IOException, InterruptedException {
        for (int number = 0; number < SOME; number++) {
            socket.send(messages.frame(number, ANY_TIME));
            TimeUnit.MILLISECONDS.sleep(CAMERA_MILLIS);
        }
    }
}
