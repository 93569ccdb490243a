package dev.osprey.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls: what everything that depends on it asks.
 *
 * @param id what their jobs are kept under; empty for whoever calls a server that asks nobody who they are
 * @param name for people to read
 * @param operator whether they may do everything, to everybody's jobs as well
 * @param scopes what they may use
 * @param allowance how much of it
 * @param credential what they have shown
 */
public record Caller(
        String id, String name, boolean operator, Set<Scope> scopes, Allowance allowance, Credential credential) {

    private static final Credential ENDLESS = new Credential.Endless();

    /** Whoever calls a server that asks nobody: uses everything and sees every job, as there is nobody to keep them from. */
    public static final Caller ANYBODY = new Caller("", "anybody", false, everything(), Allowance.UNLIMITED, ENDLESS);

    /**
     * Whoever sends something in the name of a Socket.IO session, by an id of it that nobody can guess: who that is, the session knows.
     * May begin none.
     */
    public static final Caller CONTINUING = new Caller(
            "session", "a session's", false, Set.of(Scope.SIGNS, Scope.STUDIO), Allowance.UNLIMITED, ENDLESS);

    /** Whoever nothing is known of, where something should be: may do nothing. */
    public static final Caller NOBODY = new Caller("nobody", "nobody", false, Set.of(), Allowance.UNLIMITED, ENDLESS);

    private static final String ATTRIBUTE = "dev.osprey.caller";

    /**
     * How much a caller may use; 0 is any number.
     *
     * @param requestsPerMinute requests and handshakes in a sliding minute
     * @param requestsPerDay the same within a day, UTC
     * @param maxConnections connections of one capability that are open at the same time
     */
    public record Allowance(int requestsPerMinute, int requestsPerDay, int maxConnections) {
        public static final Allowance UNLIMITED = new Allowance(0, 0, 0);
    }

    private static Set<Scope> everything() {
        return Set.of(Scope.values());
    }

    /** An operator, who may use everything. */
    static Caller operator(String id, String name, Allowance allowance, Credential credential) {
        return new Caller(id, name, true, everything(), allowance, credential);
    }

    /** Who sends the request, as {@link AccessFilter} has found. */
    public static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? caller : NOBODY;
    }

    /** The same who has shown it in another way. */
    Caller with(Credential shown) {
        return new Caller(id, name, operator, scopes, allowance, shown);
    }

    void sends(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }

    /** Under whom what they ask for is kept. */
    public Optional<String> owner() {
        return id.isEmpty() ? Optional.empty() : Optional.of(id);
    }

    /** What their share of something is counted under: themselves, or where they are on a server that asks nobody. */
    public String account(String address) {
        return id.isEmpty() ? "address " + address : "caller " + id;
    }

    /** Whether everything is theirs to see, whoever asked for it. */
    public boolean seesAll() {
        return operator || id.isEmpty();
    }

    /** Whether they may look at, cancel and delete what is kept under that owner. */
    public boolean sees(Optional<String> owner) {
        return seesAll() || owner.equals(owner());
    }
}
