package dev.osprey.socket;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A client that has left while it was answered is nobody's fault: the container would write two hundred lines about each, and make a page
 * about the error that nobody reads. First of all filters, so that whatever is thrown comes by here.
 */
public class Departure extends HttpFilter {

    private static final Logger LOG = System.getLogger(Departure.class.getName());

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException e) {
            if (Wire.of(request).map(Wire::isOpen).orElse(true)) {
                throw e;
            }
            LOG.log(Level.DEBUG, "A client has left while it was answered", e);
        }
    }
}
