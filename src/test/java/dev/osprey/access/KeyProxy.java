package dev.osprey.access;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Stands before a server for clients that know nothing of keys: puts one into the head of every request, and passes everything else
 * through. A body's length must be announced, as the clients in use do.
 */
final class KeyProxy implements AutoCloseable {

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final byte[] header;

    KeyProxy(int server, String key) throws IOException {
        this.server = server;
        this.header = ("Authorization: Bearer " + key + "\r\n").getBytes(StandardCharsets.US_ASCII);
        run(() -> {
            while (true) {
                serve(door.accept());
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Somebody has left: so does the other.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
        run(() -> {
            try (client;
                    behind) {
                behind.getInputStream().transferTo(client.getOutputStream());
            }
        });
        run(() -> {
            try (client;
                    behind) {
                forward(new BufferedInputStream(client.getInputStream()), behind.getOutputStream());
            }
        });
    }

    private void forward(InputStream in, OutputStream out) throws IOException {
        for (String head = head(in); !head.isEmpty(); head = head(in)) {
            int first = head.indexOf("\r\n") + 2;
            ByteArrayOutputStream with = new ByteArrayOutputStream();
            with.write(head.substring(0, first).getBytes(StandardCharsets.ISO_8859_1));
            with.write(header);
            with.write(head.substring(first).getBytes(StandardCharsets.ISO_8859_1));
            out.write(with.toByteArray());
            String lower = head.toLowerCase(Locale.ROOT);
            if (lower.contains("\r\nupgrade:")) {
                in.transferTo(out);
                return;
            }
            out.write(in.readNBytes(length(lower)));
        }
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(
                        line.substring("content-length:".length()).strip()))
                .findFirst()
                .orElse(0);
    }

    /** With the empty line that ends it; empty where no request follows. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.append((char) next);
            if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
