package dev.osprey.start;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends the process with one line that says why the server cannot listen, and whose the port is if it is taken; and has nobody wait
 * for whoever should read what the process prints.
 */
public final class ListenCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static boolean patient;

    private ListenCheck() {}

    /**
     * Called by the virtual machine before the server's own main method.
     *
     * @param address where the server will listen, {@code address:port}
     */
    public static void premain(String address) {
        holdNobody();
        int colon = address.lastIndexOf(':');
        problem(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
                .ifPresent(problem -> {
                    System.err.println(problem);
                    System.exit(1);
                });
    }

    /** The log goes to the standard streams, which may be a pipe that nobody reads. One thread, before all others. */
    private static void holdNobody() {
        // It is called for each port.
        if (!patient) {
            patient = true;
            System.setOut(patient(FileDescriptor.out, "stdout"));
            System.setErr(patient(FileDescriptor.err, "stderr"));
        }
    }

    private static PrintStream patient(FileDescriptor stream, String name) {
        return new PrintStream(
                new PatientStream(new FileOutputStream(stream), name, PATIENCE), true, Charset.defaultCharset());
    }

    /** Why nothing can listen there, as one sentence; empty when something could a moment ago. */
    static Optional<String> problem(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Optional.empty();
        } catch (IOException refused) {
            String reason = String.valueOf(refused.getMessage());
            if (reason.contains("in use")) {
                reason = "the port is held by "
                        + PortHolder.of(port).map(PortHolder::describe).orElse("another user's process");
            }
            return Optional.of("Osprey cannot listen on %s:%d: %s.".formatted(host, port, reason));
        }
    }
}
