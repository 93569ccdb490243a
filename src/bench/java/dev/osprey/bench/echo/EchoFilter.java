package dev.osprey.bench.echo;

import dev.osprey.socket.Caretaker;
import dev.osprey.socket.RemoteAddress;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.annotation.WebFilter;

/** The filter that Osprey has before its WebSockets; it reads what clients send in the container's place. */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class EchoFilter extends RemoteAddress {

    @Inject
    EchoFilter(Provider<Caretaker> caretaker) {
        super(caretaker);
    }
}
