package dev.osprey.access;

import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Who changed what, and who tried: kept in the database for a year, and a line of the log each. Any thread. */
@Singleton
public final class Audit {

    private static final Logger LOG = System.getLogger(Audit.class.getName());

    private static final Duration KEPT = Duration.ofDays(366);
    private static final int MAX_WHO = 200;
    private static final int MAX_ACTION = 100;
    private static final int MAX_SUBJECT = 500;
    private static final int MAX_ADDRESS = 100;

    private final AccessTables tables;
    private final InstantSource clock;

    /** @param outcome {@code done} or {@code refused} */
    public record Entry(
            long id, Instant time, String who, String action, String subject, String address, String outcome) {}

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
        String outcome = done ? "done" : "refused";
        LOG.log(Level.INFO, "{0} from {1}: {2} {3}, {4}", printable(who), address, action, printable(subject), outcome);
        StoredAudit entry = new StoredAudit();
        entry.happenedAt = clock.millis();
        entry.who = cut(printable(who), MAX_WHO);
        entry.action = cut(action, MAX_ACTION);
        entry.subject = cut(printable(subject), MAX_SUBJECT);
        entry.address = cut(address, MAX_ADDRESS);
        entry.outcome = outcome;
        try {
            tables.write(manager -> {
                manager.createQuery("delete from StoredAudit a where a.happenedAt < :before")
                        .setParameter("before", clock.millis() - KEPT.toMillis())
                        .executeUpdate();
                manager.persist(entry);
                return entry;
            });
        } catch (OspreyException e) {
            LOG.log(Level.ERROR, "An operator''s action could not be written down: {0}", e.reason());
        }
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
                        stored.outcome))
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
