package dev.osprey.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import java.time.Duration;
import java.util.Optional;

/** Looks at operators' passwords, not faster than people type them. Any thread. */
@Singleton
public final class SignIn {

    private static final int MAX_CHARACTERS = 200;

    private final IdentityStoreHandler identities;
    private final Lockout lockout = new Lockout(System::nanoTime);

    /** What became of it. */
    public sealed interface Outcome {
        record Right() implements Outcome {}

        record Wrong() implements Outcome {}

        /** Nobody looks at it. */
        record Held(long seconds) implements Outcome {}
    }

    @Inject
    SignIn(IdentityStoreHandler identities) {
        this.identities = identities;
    }

    /** @param address the client's */
    public Outcome tryPassword(String name, String password, String address) {
        Optional<Duration> held = lockout.heldFor(name, address);
        if (held.isPresent()) {
            return new Outcome.Held(held.get().plusMillis(999).toSeconds());
        }
        boolean right = name.length() <= MAX_CHARACTERS
                && password.length() <= MAX_CHARACTERS
                && identities
                                .validate(new UsernamePasswordCredential(name, password))
                                .getStatus()
                        == Status.VALID;
        if (right) {
            lockout.succeeded(name, address);
            return new Outcome.Right();
        }
        lockout.failed(name, address);
        return new Outcome.Wrong();
    }
}
