package dev.osprey.socket;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tells WebSocket handshakes where the client is. Jakarta WebSocket 2.1 has no way to ask, but shows the handshake's
 * headers: the address travels as one, which a client cannot set since this filter has the last word on it. What comes after
 * the handshake is read by {@link UnmaskedUpgrade}.
 */
public class RemoteAddress extends HttpFilter {

    /** The user property of a WebSocket session that holds the address. */
    static final String PROPERTY = "dev.osprey.remote-address";

    static final String HEADER = "X-Osprey-Remote-Address";

    /** By name, because on another container the class is not there. */
    private static final String TYRUS = "org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler";

    private final transient Provider<Caretaker> caretaker;

    @Inject
    protected RemoteAddress(Provider<Caretaker> caretaker) {
        this.caretaker = caretaker;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            chain.doFilter(request, response);
            return;
        }
        Wire.rememberHandshake(request);
        try {
            chain.doFilter(new WithAddress(request, caretaker.get()), response);
        } finally {
            Wire.forgetHandshake();
        }
    }

    private static final class WithAddress extends HttpServletRequestWrapper {

        private final Caretaker caretaker;

        WithAddress(HttpServletRequest request, Caretaker caretaker) {
            super(request);
            this.caretaker = caretaker;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return HEADER.equalsIgnoreCase(name) ? getRemoteAddr() : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return HEADER.equalsIgnoreCase(name)
                    ? Collections.enumeration(List.of(getRemoteAddr()))
                    : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            names.addAll(Collections.list(super.getHeaderNames()));
            names.add(HEADER);
            return Collections.enumeration(names);
        }

        @Override
        public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
            if (!type.getName().equals(TYRUS)) {
                return super.upgrade(type);
            }
            UnmaskedUpgrade upgrade = super.upgrade(UnmaskedUpgrade.class);
            upgrade.endsBy(Wire.ofHandshake().<Runnable>map(wire -> wire::close).orElse(() -> {}), caretaker::later);
            return type.cast(upgrade);
        }
    }
}
