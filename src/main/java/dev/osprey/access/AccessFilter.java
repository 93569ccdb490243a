package dev.osprey.access;

import dev.osprey.access.AccessControl.Found;
import dev.osprey.access.Routes.Need;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.metrics.Meters;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Lets a request through where its caller may do what it asks, and says to everything behind it who that is. Operators' changes are
 * written down. Its place is after the filters that readdress handshakes, see {@code web.xml}.
 */
public class AccessFilter extends HttpFilter {

    /** The header that shows what {@link AccessControl#csrf} has given. */
    private static final String CSRF_HEADER = "X-CSRF-Token";

    private static final String SIGN_IN = "/admin/sign-in.html";
    private static final int REFUSED = 400;

    private final transient Provider<AccessControl> control;
    private final transient Provider<Allowances> allowances;
    private final transient Provider<Audit> audit;
    private final transient Provider<Meters> meters;

    @Inject
    AccessFilter(
            Provider<AccessControl> control,
            Provider<Allowances> allowances,
            Provider<Audit> audit,
            Provider<Meters> meters) {
        this.control = control;
        this.allowances = allowances;
        this.audit = audit;
        this.meters = meters;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getRequestURI().indexOf(';') >= 0) {
            // The container cuts the path there, resources only leave the parameter out: they would not mean the same.
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Need need = Routes.of(request);
        if (need instanceof Need.Nothing) {
            chain.doFilter(request, response);
            return;
        }
        if (need instanceof Need.Session) {
            Caller.CONTINUING.sends(request);
            chain.doFilter(request, response);
            return;
        }
        Caller caller;
        try {
            Optional<Found> found = control.get().find(request);
            if (need instanceof Need.Page page) {
                servePage(page, found, request, response, chain);
                return;
            }
            caller = allowed(need, found, request);
        } catch (OspreyException e) {
            refuse(e, response);
            return;
        }
        caller.sends(request);
        Optional<Allowances.Exceeded> exceeded = allowances.get().count(caller);
        if (exceeded.isPresent()) {
            meters.get().refused(exceeded.get().limit());
            response.setHeader("Retry-After", Long.toString(exceeded.get().retryAfterSeconds()));
            refuse(new OspreyException(ErrorCode.RATE_EXCEEDED, exceeded.get().sentence()), response);
            return;
        }
        chain.doFilter(request, response);
        if (need instanceof Need.Operator && !Routes.isSafe(request.getMethod())) {
            write(caller, request, response.getStatus() < REFUSED);
        }
    }

    private Caller allowed(Need need, Optional<Found> found, HttpServletRequest request) {
        if (found.isEmpty()
                || (need instanceof Need.Operator && found.get().caller().equals(Caller.ANYBODY))) {
            throw new OspreyException(
                    ErrorCode.UNAUTHENTICATED,
                    need instanceof Need.Operator
                            ? "This is for operators: sign in, or show an operator's key"
                            : "Show a key or a token: Authorization: Bearer …");
        }
        Caller caller = found.get().caller();
        if (need instanceof Need.Operator && !caller.operator()) {
            write(caller, request, false);
            throw new OspreyException(ErrorCode.OPERATION_FORBIDDEN, "This is for operators");
        } else if (need instanceof Need.AnyOf any && any.scopes().stream().noneMatch(caller::may)) {
            throw new OspreyException(
                    ErrorCode.OPERATION_FORBIDDEN,
                    "This needs the scope %s, which the key or token does not have"
                            .formatted(String.join(
                                    " or ",
                                    any.scopes().stream()
                                            .map(Scope::wireName)
                                            .sorted()
                                            .toList())));
        } else if (found.get().byCookie() && !isOwnPages(request, need)) {
            throw tokenMissing();
        }
        return caller;
    }

    static OspreyException tokenMissing() {
        return new OspreyException(
                ErrorCode.OPERATION_FORBIDDEN,
                "What a signed-in browser changes needs the header X-CSRF-Token, with what GET /api/session says");
    }

    static boolean showsToken(HttpServletRequest request) {
        String token = request.getHeader(CSRF_HEADER);
        return token != null
                && AccessControl.csrf(request)
                        .map(expected -> Secret.areEqual(expected, token))
                        .orElse(false);
    }

    /** Whether a request that a cookie vouches for comes from a page of this server's, as far as it changes something. */
    private static boolean isOwnPages(HttpServletRequest request, Need need) {
        boolean handshake = Routes.isHandshake(request);
        if (Routes.isSafe(request.getMethod()) && !handshake) {
            return true;
        }
        if (request.getHeader(CSRF_HEADER) != null) {
            return showsToken(request);
        }
        String origin = request.getHeader("Origin");
        return !(need instanceof Need.Operator) && origin != null && CrossOrigin.isOwn(request, origin);
    }

    private void servePage(
            Need.Page page,
            Optional<Found> found,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        boolean welcome =
                page.operator() ? found.map(who -> who.caller().operator()).orElse(false) : found.isPresent();
        // A browser would show it once more to whoever comes after.
        response.setHeader("Cache-Control", page.operator() ? "no-store" : "no-cache");
        if (welcome) {
            chain.doFilter(request, response);
            return;
        }
        String query = request.getQueryString();
        String here = request.getRequestURI() + (query == null ? "" : "?" + query);
        response.setHeader("Cache-Control", "no-store");
        response.sendRedirect(
                request.getContextPath() + SIGN_IN + "?to=" + URLEncoder.encode(here, StandardCharsets.UTF_8));
    }

    private void write(Caller caller, HttpServletRequest request, boolean done) {
        audit.get()
                .record(caller.name(), request.getMethod(), Routes.path(request, false), request.getRemoteAddr(), done);
    }

    private static void refuse(OspreyException why, HttpServletResponse response) throws IOException {
        if (why.code() == ErrorCode.UNAUTHENTICATED) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"osprey\"");
        }
        Problem.write(response, why);
    }
}
