package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import jakarta.security.enterprise.identitystore.Pbkdf2PasswordHash;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may sign in as an operator. Passwords are kept as PBKDF2 makes them, with a salt of their own; one that the settings name is not
 * kept at all.
 */
@Singleton
public class Operators implements IdentityStore {

    /** The one operator there is from the start. */
    public static final String FIRST = "operator";

    /** The group of those whom this store knows. */
    public static final String GROUP = "operator";

    private static final Logger LOG = System.getLogger(Operators.class.getName());

    /** What the setting says where the server is to think of a password itself. */
    private static final String GENERATED = "generated";

    private static final int PASSWORD_BYTES = 12;
    private static final int LEAST_CHARACTERS = 12;
    private static final int MOST_CHARACTERS = 200;

    /** For {@code PBKDF2WithHmacSHA256} OWASP's password storage cheat sheet (2023) asks for as many. */
    private static final Map<String, String> SLOWNESS =
            Map.of("Pbkdf2PasswordHash.Algorithm", "PBKDF2WithHmacSHA256", "Pbkdf2PasswordHash.Iterations", "600000");

    private final AccessTables tables;
    private final Pbkdf2PasswordHash passwords;
    private final OspreyConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public Operators(AccessTables tables, Pbkdf2PasswordHash passwords, OspreyConfig config) {
        this.tables = tables;
        this.passwords = passwords;
        this.config = config;
        passwords.initialize(SLOWNESS);
    }

    private Optional<String> configured() {
        return Optional.of(config.access().operatorPassword()).filter(password -> !password.equals(GENERATED));
    }

    /** At the first start: makes the operator, and tells the log, this one time, how to get in. */
    public void welcome() {
        if (configured().isPresent()) {
            return;
        }
        try {
            String password = Secret.random(PASSWORD_BYTES);
            boolean first = tables.write(manager -> {
                boolean none = manager.createQuery("select count(o) from StoredOperator o", Long.class)
                                .getSingleResult()
                        == 0;
                if (none) {
                    StoredOperator operator = new StoredOperator();
                    operator.name = FIRST;
                    operator.password = passwords.generate(password.toCharArray());
                    operator.changedAt = clock.millis();
                    manager.persist(operator);
                }
                return none;
            });
            if (first) {
                LOG.log(
                        Level.INFO,
                        "The console at /admin/ is for \"{0}\", whose password is {1}: change it there, it is not shown again",
                        FIRST,
                        password);
            }
        } catch (OspreyException e) {
            LOG.log(Level.WARNING, "Nobody can sign in as an operator yet: {0}", e.reason());
        }
    }

    /** Called by the container with what was typed. */
    public CredentialValidationResult validate(UsernamePasswordCredential credential) {
        String name = credential.getCaller();
        boolean right = configured()
                .map(password -> name.equals(FIRST) && Secret.areEqual(password, credential.getPasswordAsString()))
                .orElseGet(() -> isKept(name, credential.getPasswordAsString()));
        return right ? new CredentialValidationResult(name, Set.of(GROUP)) : CredentialValidationResult.INVALID_RESULT;
    }

    private boolean isKept(String name, String password) {
        // Where the database was away at the first start, nobody has been made yet.
        welcome();
        Optional<String> kept = tables.read(manager ->
                Optional.ofNullable(manager.find(StoredOperator.class, name)).map(operator -> operator.password));
        // A name that there is not takes as long as one that there is.
        return kept.map(hash -> passwords.verify(password.toCharArray(), hash)).orElseGet(() -> {
            passwords.generate(password.toCharArray());
            return false;
        });
    }

    /**
     * Gives an operator another password, once the present one was {@link #validate validated}.
     *
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} where it is too short or too long; {@link
     *     ErrorCode#OPERATION_FORBIDDEN} where the settings name it
     */
    public void changePassword(String name, String password) {
        if (configured().isPresent()) {
            throw new OspreyException(
                    ErrorCode.OPERATION_FORBIDDEN,
                    "The password is the setting osprey.access.operator-password; it is changed there");
        }
        if (password.length() < LEAST_CHARACTERS || password.length() > MOST_CHARACTERS) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "The password has %d characters, allowed are %d to %d"
                            .formatted(password.length(), LEAST_CHARACTERS, MOST_CHARACTERS));
        }
        String hash = passwords.generate(password.toCharArray());
        tables.write(manager -> {
            StoredOperator operator = manager.find(StoredOperator.class, name);
            if (operator == null) {
                throw new OspreyException(ErrorCode.UNAUTHENTICATED, "There is no operator of that name");
            }
            operator.password = hash;
            // Whoever has signed in with the old one is out.
            operator.changedAt = Math.max(clock.millis(), operator.changedAt + 1);
            return operator.name;
        });
    }

    /** When the password was given, in milliseconds since 1970; 0 for one of the settings. */
    long changedAt(String name) {
        return configured().isPresent()
                ? 0
                : tables.read(manager -> Optional.ofNullable(manager.find(StoredOperator.class, name))
                        .map(operator -> operator.changedAt)
                        .orElse(-1L));
    }
}
