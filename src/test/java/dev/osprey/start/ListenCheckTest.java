package dev.osprey.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenCheckTest {

    @Test
    void saysNothingOfAPortThatIsFree() throws IOException {
        int port = freePort();

        assertEquals(Optional.empty(), ListenCheck.problem("127.0.0.1", port));
    }

    @Test
    void namesTheProcessThatHoldsThePort() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String problem =
                    ListenCheck.problem("127.0.0.1", holder.getLocalPort()).orElseThrow();

            String me = "(process " + ProcessHandle.current().pid() + ")";
            assertTrue(problem.startsWith("Osprey cannot listen on 127.0.0.1:" + holder.getLocalPort()), problem);
            assertTrue(problem.contains(me), problem);
        }
    }

    @Test
    void saysWhyAnAddressOfAnotherMachineIsRefused() {
        // Reserved for documentation (RFC 5737): no machine has it.
        String problem = ListenCheck.problem("192.0.2.1", 1024).orElseThrow();

        assertTrue(problem.startsWith("Osprey cannot listen on 192.0.2.1:1024: "), problem);
        assertTrue(!problem.contains("held by"), problem);
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }
}
