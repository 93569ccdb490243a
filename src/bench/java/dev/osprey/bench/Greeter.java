package dev.osprey.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for the server while the client is not warm yet: takes connections and sends each a greeting, so that the
 * client's own classes do not count as the server's time.
 */
final class Greeter implements AutoCloseable {

    private static final int END_OF_HEADERS = 0x0D0A0D0A;

    private final ServerSocket listener;

    private Greeter(ServerSocket listener) {
        this.listener = listener;
    }

    static Greeter start() throws IOException {
        Greeter greeter = new Greeter(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(greeter::greet, "greeter");
        thread.setDaemon(true);
        thread.start();
        return greeter;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void greet() {
        byte[] greeting = "HTTP/1.1 101 Switching Protocols\r\n\r\n\u0001\u0002{}".getBytes(StandardCharsets.US_ASCII);
        greeting[greeting.length - 4] |= (byte) 0x80;
        while (true) {
            try (Socket client = listener.accept()) {
                InputStream request = client.getInputStream();
                for (int lastFour = 0; lastFour != END_OF_HEADERS; ) {
                    lastFour = lastFour << 8 | request.read();
                }
                client.getOutputStream().write(greeting);
            } catch (SocketException e) {
                // The listener was closed.
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
