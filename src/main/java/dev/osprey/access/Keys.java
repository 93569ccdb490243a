package dev.osprey.access;

import dev.osprey.access.Caller.Allowance;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys that callers show. Of each only a hash is kept. Any thread; servers that share a database share its keys, and a key that one
 * of them revokes is dead on the others within {@link #TRUSTED}.
 */
@Singleton
public final class Keys {

    /** How every key begins, so that one is recognised where it does not belong. */
    static final String PREFIX = "osp_";

    /** How the ids of their callers begin. */
    static final String CALLER = "key:";

    /** How long what was read of a key is believed. */
    static final Duration TRUSTED = Duration.ofSeconds(5);

    private static final int KEY_BYTES = 32;
    private static final int SHOWN_CHARACTERS = 10;
    private static final int MAX_NAME_CHARACTERS = 100;
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration USE_NOTED = Duration.ofMinutes(1);

    private final AccessTables tables;
    private final InstantSource clock;
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    private record Remembered(Optional<Key> key, Instant until) {}

    /**
     * What is known of a key.
     *
     * @param id a random UUID, under which its caller's jobs are kept
     * @param name what the operator calls it
     * @param prefix its first characters
     */
    public record Key(
            String id,
            String name,
            String prefix,
            boolean operator,
            Set<Scope> scopes,
            Allowance allowance,
            Instant created,
            Optional<Instant> expires,
            Optional<Instant> revoked,
            Optional<Instant> lastUsed) {

        Caller caller() {
            Credential credential = new Credential.Key(id);
            return operator
                    ? Caller.operator(CALLER + id, name, allowance, credential)
                    : new Caller(CALLER + id, name, false, scopes, allowance, credential);
        }

        boolean isValid(Instant now) {
            return revoked.isEmpty() && expires.map(now::isBefore).orElse(true);
        }
    }

    /** A key that was just made, and the text that nobody will see again. */
    public record NewKey(Key key, String text) {}

    @Inject
    Keys(AccessTables tables) {
        this(tables, InstantSource.system());
    }

    Keys(AccessTables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /**
     * Makes a key.
     *
     * @param name 1 to 100 characters
     * @param scopes ignored for an operator's, which may do everything
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID}
     */
    public NewKey create(
            String name, boolean operator, Set<Scope> scopes, Allowance allowance, Optional<Instant> expires) {
        if (name.isBlank() || name.length() > MAX_NAME_CHARACTERS) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "The name has %d characters, allowed are 1 to %d".formatted(name.length(), MAX_NAME_CHARACTERS));
        }
        if (!operator && scopes.isEmpty()) {
            throw new OspreyException(ErrorCode.SETTING_INVALID, "A user's key needs a scope at least");
        }
        if (expires.map(end -> end.isBefore(clock.instant())).orElse(false)) {
            throw new OspreyException(ErrorCode.SETTING_INVALID, "The key would have expired already");
        }
        String text = PREFIX + Secret.random(KEY_BYTES);
        StoredKey stored = new StoredKey();
        stored.id = UUID.randomUUID().toString();
        stored.name = name.strip();
        stored.hash = Secret.hash(text);
        stored.prefix = text.substring(0, SHOWN_CHARACTERS);
        stored.role = operator ? "operator" : "user";
        stored.scopes = scopes.stream().sorted().map(Scope::wireName).collect(Collectors.joining(","));
        stored.requestsPerMinute = allowance.requestsPerMinute();
        stored.requestsPerDay = allowance.requestsPerDay();
        stored.maxConnections = allowance.maxConnections();
        stored.createdAt = clock.millis();
        stored.expiresAt = expires.map(Instant::toEpochMilli).orElse(null);
        tables.write(manager -> {
            manager.persist(stored);
            return stored;
        });
        return new NewKey(key(stored), text);
    }

    /** All there ever were, the newest first. */
    public List<Key> all() {
        return tables.read(
                manager -> manager.createQuery("select k from StoredKey k order by k.createdAt desc", StoredKey.class)
                        .getResultStream()
                        .map(Keys::key)
                        .toList());
    }

    /**
     * Ends a key; nothing where it has ended.
     *
     * @throws OspreyException {@link ErrorCode#KEY_UNKNOWN}
     */
    public void revoke(String id) {
        String hash = tables.write(manager -> {
            StoredKey stored = manager.find(StoredKey.class, id);
            if (stored == null) {
                throw new OspreyException(ErrorCode.KEY_UNKNOWN, "There is no key of that id");
            }
            if (stored.revokedAt == null) {
                stored.revokedAt = clock.millis();
            }
            return stored.hash;
        });
        // Not before it is written, or somebody would read and believe the old state once more.
        remembered.remove(hash);
        remembered.remove(CALLER + id);
    }

    /** The key of that text, where it is one and still counts. */
    Optional<Key> find(String text) {
        return text.startsWith(PREFIX) ? ofHash(Secret.hash(text)) : Optional.empty();
    }

    /** As {@link #find}, by what {@link Secret#hash} makes of it. */
    Optional<Key> ofHash(String hash) {
        return known(hash, "k.hash = :known", hash);
    }

    /** The key of that id, where there is one and it still counts. */
    Optional<Key> ofId(String id) {
        return known(CALLER + id, "k.id = :known", id);
    }

    private Optional<Key> known(String name, String where, String value) {
        Instant now = clock.instant();
        Remembered known = remembered.get(name);
        if (known == null || !now.isBefore(known.until())) {
            if (remembered.size() >= MAX_REMEMBERED) {
                // Whoever guesses keys must not fill the memory.
                remembered.values().removeIf(each -> !now.isBefore(each.until()));
            }
            known = new Remembered(read(where, value, now), now.plus(TRUSTED));
            if (remembered.size() < MAX_REMEMBERED) {
                remembered.put(name, known);
            }
        }
        return known.key().filter(key -> key.isValid(now));
    }

    private Optional<Key> read(String where, String value, Instant now) {
        Optional<Key> key =
                tables.read(manager -> manager.createQuery("select k from StoredKey k where " + where, StoredKey.class)
                        .setParameter("known", value)
                        .getResultStream()
                        .findFirst()
                        .map(Keys::key));
        key.filter(found -> found.isValid(now)
                        && found.lastUsed()
                                .map(used -> used.plus(USE_NOTED).isBefore(now))
                                .orElse(true))
                .ifPresent(found -> tables.write(
                        manager -> manager.createQuery("update StoredKey k set k.lastUsedAt = :now where k.id = :id")
                                .setParameter("now", now.toEpochMilli())
                                .setParameter("id", found.id())
                                .executeUpdate()));
        return key;
    }

    private static Key key(StoredKey stored) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(stored.scopes.split(",", -1))
                .forEach(name -> Scope.of(name).ifPresent(scopes::add));
        return new Key(
                stored.id,
                stored.name,
                stored.prefix,
                stored.role.equals("operator"),
                scopes,
                new Allowance(stored.requestsPerMinute, stored.requestsPerDay, stored.maxConnections),
                Instant.ofEpochMilli(stored.createdAt),
                instant(stored.expiresAt),
                instant(stored.revokedAt),
                instant(stored.lastUsedAt));
    }

    private static Optional<Instant> instant(@Nullable Long millis) {
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }
}
