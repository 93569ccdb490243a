package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a client is that comes through a proxy, as far as the settings name the proxy: everybody else's {@code X-Forwarded-For} is only
 * something that somebody says. Of several addresses the last counts that is no such proxy's. Of the same proxies it is believed that a
 * request came to them by TLS, by {@code X-Forwarded-Proto} or {@code Forwarded} (RFC 7239): the cookie of a session that begins with it
 * is then {@code Secure}.
 */
public class Forwarded extends HttpFilter {

    private final transient Provider<OspreyConfig> config;

    @Inject
    Forwarded(Provider<OspreyConfig> config) {
        this.config = config;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        List<String> proxies = config.get().access().trustedProxies();
        if (proxies.contains(request.getRemoteAddr())) {
            boolean secure = request.isSecure()
                    || cameByTls(request.getHeader("X-Forwarded-Proto"), request.getHeader("Forwarded"));
            chain.doFilter(new Client(request, response, address(request, proxies), secure), response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static String address(HttpServletRequest request, List<String> proxies) {
        return Collections.list(request.getHeaders("X-Forwarded-For")).stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(String::strip)
                .filter(address -> !address.isEmpty() && !proxies.contains(address))
                .reduce((earlier, last) -> last)
                .orElse(request.getRemoteAddr());
    }

    /** Whether a proxy says so, the first where there are several. */
    static boolean cameByTls(@Nullable String forwardedProto, @Nullable String forwarded) {
        if (forwardedProto != null) {
            return isHttps(first(forwardedProto));
        }
        return forwarded != null
                && Arrays.stream(first(forwarded).split(";", -1))
                        .map(pair -> pair.split("=", 2))
                        .anyMatch(pair -> pair.length == 2
                                && pair[0].strip().equalsIgnoreCase("proto")
                                && isHttps(pair[1].replace("\"", "")));
    }

    private static String first(String list) {
        return list.split(",", 2)[0];
    }

    private static boolean isHttps(String scheme) {
        return scheme.strip().equalsIgnoreCase("https");
    }

    private static final class Client extends HttpServletRequestWrapper {

        private static final String SET_COOKIE = "Set-Cookie";
        private static final String SECURE = "; Secure";

        private final HttpServletResponse response;
        private final String address;
        private final boolean secure;

        Client(HttpServletRequest request, HttpServletResponse response, String address, boolean secure) {
            super(request);
            this.response = response;
            this.address = address;
            this.secure = secure;
        }

        @Override
        public HttpSession getSession() {
            return getSession(true);
        }

        /** The container writes the cookie when it makes the session, and goes by the connection that the proxy has made. */
        @Override
        public HttpSession getSession(boolean create) {
            HttpSession session = super.getSession(create);
            if (create && secure && !super.isSecure()) {
                secureCookie(getServletContext().getSessionCookieConfig().getName() + "=");
            }
            return session;
        }

        private void secureCookie(String beginning) {
            List<String> cookies = List.copyOf(response.getHeaders(SET_COOKIE));
            for (int i = 0; i < cookies.size(); i++) {
                String cookie = cookies.get(i);
                String sent = cookie.startsWith(beginning) && !cookie.endsWith(SECURE) ? cookie + SECURE : cookie;
                if (i == 0) {
                    response.setHeader(SET_COOKIE, sent);
                } else {
                    response.addHeader(SET_COOKIE, sent);
                }
            }
        }

        @Override
        public String getRemoteAddr() {
            return address;
        }

        @Override
        public boolean isSecure() {
            return secure;
        }
    }
}
