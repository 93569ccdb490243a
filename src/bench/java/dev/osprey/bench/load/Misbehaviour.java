package dev.osprey.bench.load;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a client may do that no server should suffer from; each is done again and again, on a new connection when one ends. */
enum Misbehaviour {
    /** Sends frames like a camera and reads a kilobyte of the answers ten times a second. */
    SLOW_READER {
        @Override
        void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
            PlainWebSocket socket = new PlainWebSocket(address, SMALL_BUFFER);
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
            try {
                sendUntil(socket, messages, endNanos);
            } finally {
                socket.abort();
                reader.join();
            }
        }
    },

    /** Sends frames like a camera and reads nothing. */
    NEVER_READER {
        @Override
        void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
            PlainWebSocket socket = new PlainWebSocket(address, SMALL_BUFFER);
            try {
                sendUntil(socket, messages, endNanos);
            } finally {
                socket.abort();
            }
        }
    },

    /** Sends a few frames, then closes its direction of the connection and reads what still comes. */
    HALF_CLOSER {
        @Override
        void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
            PlainWebSocket socket = new PlainWebSocket(address, 0);
            try {
                sendSome(socket, messages);
                socket.shutdownOutput();
                while (System.nanoTime() < endNanos && socket.skip(SMALL_BUFFER) >= 0) {}
            } finally {
                socket.abort();
            }
        }
    },

    /** Sends a message of 64 MiB. */
    OVERSIZE {
        @Override
        void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
            PlainWebSocket socket = new PlainWebSocket(address, 0);
            try {
                socket.receive();
                socket.send(PlainWebSocket.frame(PlainWebSocket.TEXT, new byte[64 << 20]));
                while (System.nanoTime() < endNanos && socket.skip(SMALL_BUFFER) >= 0) {}
            } finally {
                socket.abort();
            }
        }
    },

    /** Sends a few frames and is gone without a word. */
    VANISHING {
        @Override
        void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException {
            PlainWebSocket socket = new PlainWebSocket(address, 0);
            try {
                sendSome(socket, messages);
            } finally {
                socket.abort();
            }
        }
    };

    private static final int SMALL_BUFFER = 4096;
    private static final int SOME = 5;
    private static final long ANY_TIME = 1_700_000_000_000_000L;
    private static final long CAMERA_MILLIS = 33;

    /** How it is written on a command line. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One connection; ends with an exception when the server has had enough. */
    abstract void once(URI address, FrameMessages messages, long endNanos) throws IOException, InterruptedException;

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
