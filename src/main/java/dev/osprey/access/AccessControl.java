package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.OspreyConfig.AccessMode;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request, by what it shows: a key, a token, a ticket, or the cookie of who has signed in. Any thread. */
@Singleton
public final class AccessControl {

    /** A WebSocket's subprotocol that is no protocol but a credential, for browsers, which can set no header. */
    public static final String SUBPROTOCOL_CREDENTIAL = "osprey.credential.";

    /** The subprotocol to ask for beside it, as one that was asked for has to be answered. */
    public static final String SUBPROTOCOL = "osprey";

    private static final String SIGNED_IN = "dev.osprey.signed-in";
    private static final String BEARER = "Bearer ";
    private static final int CSRF_BYTES = 24;

    /** What the server shows itself when it is its own client. */
    private static final String OWN = Secret.random(32);

    private static final Caller ITSELF = new Caller(
            "", "osprey", false, Caller.ANYBODY.scopes(), Caller.Allowance.UNLIMITED, new Credential.Endless());

    private final AccessMode mode;
    private final Keys keys;
    private final Tickets tickets;
    private final Operators operators;
    private final @Nullable Tokens tokens;
    private final InstantSource clock;

    /** What was found: who it is, and whether a cookie says so, which a foreign page could send as well. */
    record Found(Caller caller, boolean byCookie) {}

    private static final Found ANYBODY = new Found(Caller.ANYBODY, false);

    @Inject
    AccessControl(OspreyConfig config, Keys keys, Tickets tickets, Operators operators) {
        this(config, keys, tickets, operators, InstantSource.system());
    }

    /** @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} where nobody has decided who may use a server that others reach */
    AccessControl(OspreyConfig config, Keys keys, Tickets tickets, Operators operators, InstantSource clock) {
        this.clock = clock;
        this.mode = config.access().mode();
        this.keys = keys;
        this.tickets = tickets;
        this.operators = operators;
        if (mode == AccessMode.LOCAL && !isLoopback(config.server().address())) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    ("The server listens on %s, where others reach it, and nobody has said who may use it: set osprey.access.mode"
                                    + " to keys, tokens, keys-and-tokens or, for everybody, open")
                            .formatted(config.server().address()));
        }
        this.tokens = mode.takesTokens() ? new Tokens(config.access()) : null;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether callers have to show who they are. */
    public boolean asksWho() {
        return mode.takesKeys() || mode.takesTokens();
    }

    /** What the server shows itself in {@code Authorization} when it connects to itself. */
    public static String ownCredential() {
        return BEARER + OWN;
    }

    /**
     * Who sends the request; nobody where it shows nothing.
     *
     * @throws OspreyException {@link ErrorCode#UNAUTHENTICATED} where it shows something that does not count, and that matters
     */
    Optional<Found> find(HttpServletRequest request) {
        try {
            return shown(request).or(() -> asksWho() ? Optional.empty() : Optional.of(ANYBODY));
        } catch (OspreyException e) {
            if (!asksWho() && e.code() == ErrorCode.UNAUTHENTICATED) {
                // Some clients show everybody something that was meant for another server.
                return Optional.of(ANYBODY);
            }
            throw e;
        }
    }

    private Optional<Found> shown(HttpServletRequest request) {
        Optional<String> credential = credential(request);
        if (credential.isPresent()) {
            return Optional.of(new Found(ofCredential(credential.get()), false));
        }
        Optional<String> ticket = parameter(request, "ticket");
        if (ticket.isPresent()) {
            return Optional.of(new Found(ofTicket(ticket.get()), false));
        }
        return signedIn(request).flatMap(this::ofSession).map(caller -> new Found(caller, true));
    }

    private static Optional<String> credential(HttpServletRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        String key = request.getHeader("X-API-Key");
        if (key != null) {
            return Optional.of(key.strip());
        }
        String protocols = request.getHeader("Sec-WebSocket-Protocol");
        return protocols == null
                ? Optional.empty()
                : Arrays.stream(protocols.split(",", -1))
                        .map(String::strip)
                        .filter(protocol -> protocol.startsWith(SUBPROTOCOL_CREDENTIAL))
                        .map(protocol -> protocol.substring(SUBPROTOCOL_CREDENTIAL.length()))
                        .findFirst();
    }

    private Caller ofCredential(String text) {
        if (Secret.areEqual(text, OWN)) {
            return ITSELF;
        } else if (text.startsWith(Keys.PREFIX)) {
            // An operator's key counts in every mode: there is an operator in every mode.
            return keys.find(text)
                    .filter(key -> key.operator() || mode.takesKeys() || !asksWho())
                    .map(Keys.Key::caller)
                    .orElseThrow(() -> unauthenticated("The key is not accepted: unknown, revoked or expired"));
        } else if (tokens != null) {
            return tokens.caller(text);
        }
        throw unauthenticated("What was shown is neither a key nor a token that is taken here");
    }

    private Caller ofTicket(String ticket) {
        return tickets.redeem(ticket)
                .filter(caller -> stillCounts(caller.credential()))
                .orElseThrow(
                        () -> unauthenticated("The ticket is not accepted: it is good once, for %d s after it was given"
                                .formatted(Tickets.LIFE.toSeconds())));
    }

    private boolean stillCounts(Credential credential) {
        if (credential instanceof Credential.Key key) {
            return keys.ofId(key.id()).isPresent();
        } else if (credential instanceof Credential.Token token) {
            return clock.instant().isBefore(token.until());
        } else if (credential instanceof Credential.Cookie cookie) {
            return !cookie.session().hasEnded() && ofSession(cookie.session()).isPresent();
        }
        return true;
    }

    /**
     * Why nothing may stay open any longer for a caller, in words for them; empty while what they have shown counts, and while the
     * database, which knows, is away. May ask the database.
     */
    public Optional<String> objection(Caller caller) {
        try {
            if (stillCounts(caller.credential())) {
                return Optional.empty();
            }
        } catch (OspreyException e) {
            if (e.code() == ErrorCode.STORE_UNAVAILABLE) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(
                caller.credential() instanceof Credential.Key
                        ? "the key was revoked or has expired"
                        : caller.credential() instanceof Credential.Token
                                ? "the token has expired"
                                : "the sign-in has ended");
    }

    private Optional<Caller> ofSession(SignedIn who) {
        Optional<Caller> caller = who.keyHash().isEmpty()
                ? Optional.of(who).filter(this::isCurrent).map(AccessControl::operator)
                : keys.ofHash(who.keyHash()).map(Keys.Key::caller);
        return caller.map(known -> known.with(new Credential.Cookie(who)));
    }

    /** Whether the password is still the one that was typed. While the database is away somebody has to be able to look after it. */
    private boolean isCurrent(SignedIn who) {
        try {
            return operators.changedAt(who.name()) == who.since();
        } catch (OspreyException e) {
            return e.code() == ErrorCode.STORE_UNAVAILABLE;
        }
    }

    private static Caller operator(SignedIn who) {
        return Caller.operator(
                "operator:" + who.name(), who.name(), Caller.Allowance.UNLIMITED, new Credential.Cookie(who));
    }

    private static OspreyException unauthenticated(String why) {
        return new OspreyException(ErrorCode.UNAUTHENTICATED, why);
    }

    /** From the address alone: a form's fields are its reader's. */
    static Optional<String> parameter(HttpServletRequest request, String name) {
        String query = request.getQueryString();
        return query == null
                ? Optional.empty()
                : Arrays.stream(query.split("&", -1))
                        .filter(pair -> pair.startsWith(name + "="))
                        .map(pair -> pair.substring(name.length() + 1))
                        .findFirst();
    }

    private static Optional<SignedIn> signedIn(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        try {
            return session != null && session.getAttribute(SIGNED_IN) instanceof SignedIn who
                    ? Optional.of(who)
                    : Optional.empty();
        } catch (IllegalStateException e) {
            // Ended in this very moment.
            return Optional.empty();
        }
    }

    /**
     * Remembers an operator whose password was right, in a session with a new name.
     *
     * @return what requests of the session that change something must show
     */
    public String signIn(HttpServletRequest request, String operator) {
        return remember(request, new SignedIn(operator, "", operators.changedAt(operator), Secret.random(CSRF_BYTES)));
    }

    /**
     * As {@link #signIn}, whoever shows a key; for pages.
     *
     * @throws OspreyException {@link ErrorCode#UNAUTHENTICATED}
     */
    public String signInWithKey(HttpServletRequest request, String key) {
        if (!key.startsWith(Keys.PREFIX)) {
            throw unauthenticated("This is no key");
        }
        Caller caller = ofCredential(key);
        return remember(request, new SignedIn(caller.name(), Secret.hash(key), 0, Secret.random(CSRF_BYTES)));
    }

    private static String remember(HttpServletRequest request, SignedIn who) {
        HttpSession before = request.getSession(false);
        if (before != null) {
            before.invalidate();
        }
        request.getSession(true).setAttribute(SIGNED_IN, who);
        return who.csrf();
    }

    /** Who has signed in with the request's session, if that still counts. */
    public Optional<Caller> signedInCaller(HttpServletRequest request) {
        return signedIn(request).flatMap(this::ofSession);
    }

    /** @throws OspreyException {@link ErrorCode#OPERATION_FORBIDDEN} where the request does not show what {@link #csrf} has given */
    public void requireToken(HttpServletRequest request) {
        if (!AccessFilter.showsToken(request)) {
            throw AccessFilter.tokenMissing();
        }
    }

    public static void signOut(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }

    /** What requests of the session that change something must show; nothing where nobody has signed in. */
    public static Optional<String> csrf(HttpServletRequest request) {
        return signedIn(request).map(SignedIn::csrf);
    }
}
