package dev.osprey.access;

import java.time.Instant;

/** What a caller has shown, as far as it may lose its worth while something stays open; see {@link AccessControl#objection}. */
public sealed interface Credential {

    /** Nothing that ends. */
    record Endless() implements Credential {}

    record Key(String id) implements Credential {}

    /** @param until from when on it counts no more */
    record Token(Instant until) implements Credential {}

    /** The cookie of a browser that has signed in. */
    record Cookie(SignedIn session) implements Credential {}
}
