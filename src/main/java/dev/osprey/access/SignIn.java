package dev.osprey.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/** Looks at operators' passwords, not faster than people type them. Any thread. */
@Singleton
public final class SignIn {

    private static final int MAX_CHARACTERS = 200;

    /** A line break would make one's failures another's, see {@link Lockout}. */
    private static final Pattern NO_NAME = Pattern.compile("\\p{Cntrl}");

    /** At the same time: each costs a processor a good part of a second, and guesses side by side would all count as the first. */
    private static final int MOST_AT_ONCE = 2;

    private final IdentityStoreHandler identities;
    private final Semaphore looking = new Semaphore(MOST_AT_ONCE);
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
        if (name.length() > MAX_CHARACTERS || NO_NAME.matcher(name).find()) {
            // Nobody's; it must not be remembered either.
            return new Outcome.Wrong();
        }
        if (!looking.tryAcquire()) {
            return new Outcome.Held(1);
        }
        try {
            return look(name, password, address);
        } finally {
            looking.release();
        }
    }

    private Outcome look(String name, String password, String address) {
        Optional<Duration> held = lockout.heldFor(name, address);
        if (held.isPresent()) {
            return new Outcome.Held(held.get().plusMillis(999).toSeconds());
        }
        boolean right = password.length() <= MAX_CHARACTERS
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
