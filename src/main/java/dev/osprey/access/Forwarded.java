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
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Where a client is that comes through a proxy, as far as the settings name the proxy: everybody else's {@code X-Forwarded-For} is only
 * something that somebody says. Of several addresses the last counts that is no such proxy's.
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
            chain.doFilter(new Client(request, address(request, proxies)), response);
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

    private static final class Client extends HttpServletRequestWrapper {

        private final String address;

        Client(HttpServletRequest request, String address) {
            super(request);
            this.address = address;
        }

        @Override
        public String getRemoteAddr() {
            return address;
        }

        @Override
        public boolean isSecure() {
            return "https".equals(((HttpServletRequest) getRequest()).getHeader("X-Forwarded-Proto"))
                    || super.isSecure();
        }
    }
}
