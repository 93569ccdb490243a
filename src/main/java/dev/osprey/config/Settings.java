package dev.osprey.config;

import dev.osprey.config.Sources.Given;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings as they were at the start and as they are now. Those that are {@link Live} follow what is set while the server runs,
 * by the console or anywhere else; whoever reads one asks {@link #current} each time. All others keep the value of the start.
 *
 * <p>A value that a setting may not have never takes the place of one that it may. What the console sets goes before everything
 * else, and is forgotten when the server stops. Any thread.
 */
public final class Settings {

    private static final Logger LOG = System.getLogger(Settings.class.getName());

    private static final String CONSOLE = "console";

    private final Sources sources;
    private final Defaults defaults;
    private final Map<String, RecordComponent> components = ConfigReader.components();
    private final OspreyConfig initial;

    /** What counts; of each key there is one. */
    private final Map<String, Given> counting = new HashMap<>();

    private final Map<String, String> console = new HashMap<>();

    /** Texts that do not count and have been told of, each with what is wrong with it. */
    private final Map<String, Problem> problems = new HashMap<>();

    private volatile OspreyConfig current;

    private record Problem(String text, String sentence) {}

    /** @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} with every problem */
    Settings(Sources sources, Defaults defaults) {
        this.sources = sources;
        this.defaults = defaults;
        for (String key : components.keySet()) {
            sources.given(key).ifPresent(given -> counting.put(key, given));
        }
        this.initial = ConfigReader.read(this::text, sources.names());
        this.current = initial;
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(counting.get(key)).map(Given::text);
    }

    /** As at the start. */
    public OspreyConfig initial() {
        return initial;
    }

    /** As at the start, but for live settings, which are as they are now. */
    public OspreyConfig current() {
        return current;
    }

    /** Looks at what is set now; to be called every few seconds. */
    public synchronized void refresh() {
        boolean changed = false;
        for (Map.Entry<String, RecordComponent> each : components.entrySet()) {
            if (each.getValue().isAnnotationPresent(Live.class)) {
                changed |= accept(each.getKey(), newest(each.getKey()));
            }
        }
        if (changed) {
            current = ConfigReader.read(this::text, List.of());
        }
    }

    /** What is set now, the console's first. */
    private Optional<Given> newest(String key) {
        String set = console.get(key);
        return set == null ? sources.given(key) : Optional.of(new Given(set, CONSOLE));
    }

    /** Whether another text counts from now on. */
    private boolean accept(String key, Optional<Given> newest) {
        Given before = counting.get(key);
        if (newest.isEmpty() || before == null || newest.get().equals(before)) {
            problems.remove(key);
            return false;
        }
        Given given = newest.get();
        Problem told = problems.get(key);
        if (told != null && told.text().equals(given.text())) {
            return false;
        }
        Optional<String> problem = ConfigReader.problemOf(component(key), key, given.text());
        if (problem.isPresent()) {
            problems.put(key, new Problem(given.text(), problem.get()));
            LOG.log(Level.WARNING, "{0}; it stays {1}", problem.get(), before.text());
            return false;
        }
        problems.remove(key);
        counting.put(key, given);
        if (given.text().equals(before.text())) {
            return false;
        }
        LOG.log(Level.INFO, "{0} is {1} now ({2}), it was {3}", key, given.text(), given.source(), before.text());
        return true;
    }

    /** All of them, in the order of their keys, secrets masked. */
    public synchronized List<Setting> list() {
        refresh();
        return components.keySet().stream().map(this::row).toList();
    }

    /**
     * Sets a live setting until the server stops or {@link #forget}.
     *
     * @return the setting as it is now
     * @throws OspreyException {@link ErrorCode#SETTING_UNKNOWN}, {@link ErrorCode#SETTING_FIXED}, {@link ErrorCode#SETTING_INVALID}
     */
    public synchronized Setting change(String key, String text) {
        RecordComponent component = changeable(key);
        String value = text.strip();
        Optional<String> problem = value.isEmpty()
                ? Optional.of(key + " is set to nothing")
                : ConfigReader.problemOf(component, key, value);
        if (problem.isPresent()) {
            throw new OspreyException(ErrorCode.SETTING_INVALID, problem.get());
        }
        console.put(key, value);
        refresh();
        return row(key);
    }

    /**
     * Forgets what {@link #change} has set.
     *
     * @return the setting as it is now
     * @throws OspreyException as {@link #change}
     */
    public synchronized Setting forget(String key) {
        RecordComponent unused = changeable(key);
        console.remove(key);
        refresh();
        return row(key);
    }

    private RecordComponent changeable(String key) {
        RecordComponent component = components.get(key);
        if (component == null) {
            throw new OspreyException(ErrorCode.SETTING_UNKNOWN, "%s is not a setting of Osprey".formatted(key));
        } else if (!component.isAnnotationPresent(Live.class)) {
            throw new OspreyException(
                    ErrorCode.SETTING_FIXED,
                    "%s counts from the start of the server on; set it in osprey.properties and start again"
                            .formatted(key));
        }
        return component;
    }

    private RecordComponent component(String key) {
        RecordComponent component = components.get(key);
        if (component == null) {
            throw new IllegalArgumentException(key);
        }
        return component;
    }

    private Setting row(String key) {
        RecordComponent component = component(key);
        boolean live = component.isAnnotationPresent(Live.class);
        Given given = counting.get(key);
        String value = given == null ? "" : given.text();
        Optional<String> pending = Optional.empty();
        Optional<String> problem = Optional.ofNullable(problems.get(key)).map(Problem::sentence);
        if (!live) {
            pending = sources.given(key).map(Given::text).filter(text -> !text.equals(value));
            problem = pending.flatMap(text -> ConfigReader.problemOf(component, key, text));
        }
        Defaults.@Nullable Entry standard = defaults.of(key).orElse(null);
        return new Setting(
                        key,
                        value,
                        standard == null ? "" : standard.value(),
                        given == null ? "default" : given.source(),
                        live,
                        isSecret(key, value, pending),
                        standard == null ? "" : standard.description(),
                        pending,
                        problem)
                .masked();
    }

    /** A JDBC address may have a password in it. */
    private static boolean isSecret(String key, String value, Optional<String> pending) {
        return key.endsWith("password")
                || value.contains("password=")
                || pending.filter(text -> text.contains("password=")).isPresent();
    }
}
