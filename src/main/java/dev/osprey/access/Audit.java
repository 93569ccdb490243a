package dev.osprey.access;

import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Who changed what, and who tried: kept in the database for a year, and a line of the log each. What is refused can come as often as
 * somebody likes: the same again within {@link #TOGETHER} is counted in the entry that there is, and what comes after the most entries
 * that there may be in that time, in one with {@link #SEVERAL} in place of what differs. Any thread.
 */
@Singleton
public final class Audit {

    private static final Logger LOG = System.getLogger(Audit.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private static final Duration KEPT = Duration.ofDays(366);

    /** What is refused within this time of an entry is counted in it. */
    static final Duration TOGETHER = Duration.ofMinutes(1);

    /** Entries of sign-ins that are refused in that time, from one address. */
    static final int MOST_OF_ADDRESS = 10;

    /** Those from all addresses. */
    static final int MOST_SIGN_INS = 50;

    /** Entries of what else is refused in that time to one caller, who is known. */
    static final int MOST_OF_CALLER = 50;

    /** The action of whoever says to be an operator. */
    public static final String SIGN_IN = "sign-in";

    /** In an entry that stands for different ones. */
    static final String SEVERAL = "several";

    private static final String DONE = "done";
    private static final String REFUSED = "refused";
    private static final int MAX_WHO = 200;
    private static final int MAX_ACTION = 100;
    private static final int MAX_SUBJECT = 500;
    private static final int MAX_ADDRESS = 100;

    private final AccessTables tables;
    private final InstantSource clock;

    /**
     * An entry.
     *
     * @param time of the first time
     * @param outcome {@code done} or {@code refused}
     */
    public record Entry(
            long id,
            Instant time,
            String who,
            String action,
            String subject,
            String address,
            String outcome,
            long times) {}

    @Inject
    Audit(AccessTables tables) {
        this(tables, InstantSource.system());
    }

    Audit(AccessTables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /** What was done is done: that it cannot be written down is told by the log. */
    public void record(String who, String action, String subject, String address, boolean done) {
        StoredAudit entry = new StoredAudit();
        entry.happenedAt = clock.millis();
        entry.who = cut(printable(who), MAX_WHO);
        entry.action = cut(printable(action), MAX_ACTION);
        entry.subject = cut(printable(subject), MAX_SUBJECT);
        entry.address = cut(address, MAX_ADDRESS);
        entry.outcome = done ? DONE : REFUSED;
        Optional<StoredAudit> written = Optional.of(entry);
        try {
            written = tables.write(manager -> {
                manager.createQuery("delete from StoredAudit a where a.happenedAt < :before")
                        .setParameter("before", clock.millis() - KEPT.toMillis())
                        .executeUpdate();
                Optional<StoredAudit> added = done ? Optional.of(entry) : unlessCounted(manager, entry);
                added.ifPresent(manager::persist);
                return added;
            });
        } catch (OspreyException e) {
            // Of what is refused there may be any number.
            written = Optional.of(entry).filter(unused -> done);
            RATIONED.log(Level.ERROR, "What an operator did or tried could not be written down", "action " + action, e);
        }
        written.ifPresent(Audit::log);
    }

    private static void log(StoredAudit entry) {
        LOG.log(
                Level.INFO,
                "{0} from {1}: {2} {3}, {4}",
                entry.who,
                entry.address,
                entry.action,
                entry.subject,
                entry.outcome);
    }

    /** What is to be added for something that was refused; nothing where an entry that there is has counted it. */
    private static Optional<StoredAudit> unlessCounted(EntityManager manager, StoredAudit entry) {
        if (isCounted(manager, entry)) {
            return Optional.empty();
        }
        if (!entry.action.equals(SIGN_IN)) {
            if (count(manager, entry, "a.action <> :signIn and a.who = :one", entry.who) < MOST_OF_CALLER) {
                return Optional.of(entry);
            }
            entry.action = SEVERAL;
            entry.subject = SEVERAL;
            entry.address = SEVERAL;
        } else {
            boolean room = count(manager, entry, "a.action = :signIn and a.outcome = :one", REFUSED) < MOST_SIGN_INS;
            if (room
                    && count(manager, entry, "a.action = :signIn and a.address = :one", entry.address)
                            < MOST_OF_ADDRESS) {
                return Optional.of(entry);
            }
            entry.who = SEVERAL;
            if (!room) {
                if (isCounted(manager, entry)) {
                    return Optional.empty();
                }
                entry.address = SEVERAL;
            }
        }
        return isCounted(manager, entry) ? Optional.empty() : Optional.of(entry);
    }

    /** Entries of what was refused within {@link #TOGETHER} and of which {@code where} is true. */
    private static long count(EntityManager manager, StoredAudit entry, String where, String one) {
        return manager.createQuery(
                        "select count(a) from StoredAudit a where a.outcome = :refused and a.happenedAt > :since and "
                                + where,
                        Long.class)
                .setParameter("refused", REFUSED)
                .setParameter("since", since(entry))
                .setParameter("signIn", SIGN_IN)
                .setParameter("one", one)
                .getSingleResult();
    }

    private static boolean isCounted(EntityManager manager, StoredAudit entry) {
        return manager.createQuery("update StoredAudit a set a.times = a.times + 1 where a.outcome = :outcome"
                                + " and a.happenedAt > :since and a.who = :who and a.action = :action"
                                + " and a.subject = :subject and a.address = :address")
                        .setParameter("outcome", entry.outcome)
                        .setParameter("since", since(entry))
                        .setParameter("who", entry.who)
                        .setParameter("action", entry.action)
                        .setParameter("subject", entry.subject)
                        .setParameter("address", entry.address)
                        .executeUpdate()
                > 0;
    }

    private static long since(StoredAudit entry) {
        return entry.happenedAt - TOGETHER.toMillis();
    }

    /**
     * The newest first.
     *
     * @param before only entries with a lower id
     */
    public List<Entry> latest(int limit, long before) {
        return tables.read(manager -> manager.createQuery(
                        "select a from StoredAudit a where a.id < :before order by a.id desc", StoredAudit.class)
                .setParameter("before", before)
                .setMaxResults(limit)
                .getResultStream()
                .map(stored -> new Entry(
                        stored.id,
                        Instant.ofEpochMilli(stored.happenedAt),
                        stored.who,
                        stored.action,
                        stored.subject,
                        stored.address,
                        stored.outcome,
                        stored.times))
                .toList());
    }

    /** A line of the log stays one, whatever somebody has sent as their name. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
