package dev.osprey.database;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import jakarta.persistence.PersistenceException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Where the records lie: an H2 file of the installation, or what the operator names. Opens it and brings its tables up to date. */
record Database(String driver, String url, String user, String password) {

    private static final Logger LOG = System.getLogger(Database.class.getName());

    /** Written through at every commit: by default H2 keeps what was committed in the last half second to itself. */
    private static final String H2_OPTIONS =
            ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

    /** One at a time of this process: two parts of it open the database when it starts. */
    private static final Object MIGRATION = new Object();

    private static final int MAX_CONNECTIONS = 16;
    private static final int CONNECT_SECONDS = 10;
    /** Far more than any statement takes; a database that is gone without a word must not hold a thread for ever. */
    private static final int ANSWER_SECONDS = 60;

    /** Where the settings say that records are kept. */
    static Database of(OspreyConfig.Jobs config) {
        String url = config.url();
        if (url.equals("file")) {
            String file =
                    config.folder().toAbsolutePath().normalize().resolve("jobs").toString();
            return new Database("org.h2.Driver", "jdbc:h2:file:" + file + H2_OPTIONS, "osprey", "");
        } else if (url.startsWith("jdbc:h2:mem:")) {
            return new Database("org.h2.Driver", url + H2_OPTIONS, config.user(), config.password());
        } else if (url.startsWith("jdbc:postgresql:")) {
            return new Database("org.postgresql.Driver", url, config.user(), config.password());
        }
        throw new OspreyException(
                ErrorCode.STORE_UNAVAILABLE,
                "The setting osprey.jobs.url is neither file nor begins with jdbc:postgresql: or jdbc:h2:mem:");
    }

    /**
     * A factory of entity managers over the current tables; the caller closes it.
     *
     * @param unit the persistence unit's name
     * @throws OspreyException {@link ErrorCode#STORE_UNAVAILABLE}, with a reason that is safe to show
     */
    EntityManagerFactory open(String unit) {
        // Held until the end: H2 closes a file that nobody is connected to.
        try (Connection held = connect()) {
            DatabaseMetaData product = held.getMetaData();
            migrate();
            LOG.log(
                    Level.INFO,
                    "The {0} are kept in {1} {2}",
                    unit,
                    product.getDatabaseProductName(),
                    product.getDatabaseProductVersion());
            EntityManagerFactory factory = Persistence.createEntityManagerFactory(unit, properties());
            try {
                factory.createEntityManager().close();
                return factory;
            } catch (PersistenceException e) {
                factory.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new OspreyException(ErrorCode.STORE_UNAVAILABLE, "The job store cannot be opened: " + reason(e), e);
        } catch (FlywayException | PersistenceException e) {
            throw new OspreyException(
                    ErrorCode.STORE_UNAVAILABLE, "The tables of the job store cannot be brought up to date", e);
        }
    }

    private Connection connect() throws SQLException {
        try {
            Driver instance = Class.forName(driver, true, Database.class.getClassLoader())
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
            Properties login = new Properties();
            login.setProperty("user", user);
            login.setProperty("password", password);
            network().forEach(login::setProperty);
            Connection connection = instance.connect(url, login);
            if (connection == null) {
                throw new SQLException("The driver does not understand the URL");
            }
            return connection;
        } catch (ReflectiveOperationException e) {
            throw new SQLException("The driver %s is missing".formatted(driver), e);
        }
    }

    private void migrate() {
        synchronized (MIGRATION) {
            Flyway.configure(Database.class.getClassLoader())
                    .driver(driver)
                    .dataSource(url, user, password)
                    .locations("classpath:db/migration")
                    .connectRetries(0)
                    .load()
                    .migrate();
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("jakarta.persistence.jdbc.driver", driver);
        properties.put("jakarta.persistence.jdbc.url", url);
        properties.put("jakarta.persistence.jdbc.user", user);
        properties.put("jakarta.persistence.jdbc.password", password);
        network().forEach((name, value) -> properties.put("eclipselink.jdbc.property." + name, value));
        properties.put("eclipselink.connection-pool.default.initial", "1");
        properties.put("eclipselink.connection-pool.default.min", "1");
        properties.put("eclipselink.connection-pool.default.max", Integer.toString(MAX_CONNECTIONS));
        // Neither the server's transactions nor its agent have a part in this.
        properties.put("eclipselink.target-server", "None");
        properties.put("eclipselink.weaving", "false");
        // What goes wrong is thrown, and logged by whoever catches it.
        properties.put("eclipselink.logging.level", "OFF");
        properties.put("eclipselink.classloader", Database.class.getClassLoader());
        return properties;
    }

    private Map<String, String> network() {
        return isPostgresql()
                ? Map.of(
                        "connectTimeout", Integer.toString(CONNECT_SECONDS),
                        "socketTimeout", Integer.toString(ANSWER_SECONDS),
                        "ApplicationName", "osprey")
                : Map.of();
    }

    private boolean isPostgresql() {
        return url.startsWith("jdbc:postgresql:");
    }

    /** Without names of files, hosts and users, which the log has. */
    private static String reason(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.equals("90020")) {
            return "another process has its file open";
        } else if (state.startsWith("08")) {
            return "the database does not answer";
        } else if (state.startsWith("28")) {
            return "the database refuses the user or the password";
        } else if (state.equals("3D000")) {
            return "the server has no such database";
        }
        return "the log says why";
    }
}
