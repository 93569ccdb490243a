package dev.osprey.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is set while the server runs, and what comes of it. */
class SettingsTest {

    private static final String CONNECTIONS = "osprey.stream.max-connections";
    private static final String PORT = "osprey.server.port";

    /** Above the defaults: what is set elsewhere. */
    private final Map<String, Sources.Given> set = new TreeMap<>();

    private final Settings settings = new Settings(new Above(), Defaults.read());

    private final class Above implements Sources {

        private final Map<String, String> defaults = TestConfig.defaults();

        @Override
        public Optional<Given> given(String key) {
            return Optional.ofNullable(set.get(key))
                    .or(() -> Optional.ofNullable(defaults.get(key)).map(text -> new Given(text, "default")));
        }

        @Override
        public Iterable<String> names() {
            return defaults.keySet();
        }
    }

    private void set(String key, String text) {
        set.put(key, new Sources.Given(text, "asadmin"));
        settings.refresh();
    }

    private Setting row(String key) {
        return settings.list().stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private int connections() {
        return settings.current().stream().maxConnections();
    }

    @Test
    void followsALiveSettingThatIsSetElsewhereAndBack() {
        assertEquals(2_000, connections());
        set(CONNECTIONS, "10");
        assertEquals(10, connections());
        assertEquals(2_000, settings.initial().stream().maxConnections());
        assertEquals("asadmin", row(CONNECTIONS).source());
        set.remove(CONNECTIONS);
        settings.refresh();
        assertEquals(2_000, connections());
        assertEquals("default", row(CONNECTIONS).source());
    }

    @Test
    void keepsWhatIsNotLiveAndShowsWhatWaitsForARestart() {
        set(PORT, "9090");
        assertEquals(8_080, settings.current().server().port());
        assertEquals("8080", row(PORT).value());
        assertEquals(Optional.of("9090"), row(PORT).pending());
        assertFalse(row(PORT).live());
        set(PORT, "0");
        assertEquals(
                Optional.of("osprey.server.port is 0, allowed are 1 to 65535"),
                row(PORT).problem());
    }

    @Test
    void keepsAValidValueWhereTheNewOneIsNot() {
        set(CONNECTIONS, "10");
        OspreyConfig before = settings.current();
        set(CONNECTIONS, "0");
        assertSame(before, settings.current());
        assertEquals("10", row(CONNECTIONS).value());
        assertEquals(
                Optional.of("osprey.stream.max-connections is 0, allowed are 1 to 1000000"),
                row(CONNECTIONS).problem());
        set(CONNECTIONS, "20");
        assertEquals(20, connections());
        assertEquals(Optional.empty(), row(CONNECTIONS).problem());
    }

    @Test
    void doesNotLetOneInvalidValueHoldUpAnother() {
        set.put(CONNECTIONS, new Sources.Given("many", "asadmin"));
        set("osprey.signs.max-clients", "7");
        assertEquals(2_000, connections());
        assertEquals(7, settings.current().signs().maxClients());
    }

    @Test
    void prefersTheConsoleUntilItIsForgotten() {
        set(CONNECTIONS, "10");
        Setting changed = settings.change(CONNECTIONS, " 30 ");
        assertEquals("30", changed.value());
        assertEquals("console", changed.source());
        assertEquals(30, connections());
        set(CONNECTIONS, "11");
        assertEquals(30, connections());
        Setting forgotten = settings.forget(CONNECTIONS);
        assertEquals("11", forgotten.value());
        assertEquals("asadmin", forgotten.source());
        assertEquals(11, connections());
    }

    @Test
    void namesTheConsoleAlsoWhereItSetsWhatIsSet() {
        assertEquals("console", settings.change(CONNECTIONS, "2000").source());
        assertEquals("default", settings.forget(CONNECTIONS).source());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "many", "", " "})
    void refusesWhatTheSettingMayNotBe(String text) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> settings.change(CONNECTIONS, text));
        assertEquals(ErrorCode.SETTING_INVALID, refusal.code());
        assertTrue(refusal.detail().startsWith(CONNECTIONS + " is "), refusal::detail);
        assertEquals(2_000, connections());
    }

    @Test
    void refusesAWordThatIsNoMode() {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> settings.change("osprey.segmentation.default-mode", "turbo"));
        assertEquals(
                "osprey.segmentation.default-mode is \"turbo\", expected one of fast, balanced, accurate, sota",
                refusal.detail());
    }

    @Test
    void refusesToSetWhatCountsFromTheStartAndWhatThereIsNot() {
        assertEquals(ErrorCode.SETTING_FIXED, refusal(PORT).code());
        assertEquals(ErrorCode.SETTING_UNKNOWN, refusal("osprey.server.prot").code());
        assertEquals(
                ErrorCode.SETTING_FIXED,
                assertThrows(OspreyException.class, () -> settings.forget(PORT)).code());
    }

    private OspreyException refusal(String key) {
        return assertThrows(OspreyException.class, () -> settings.change(key, "1"));
    }

    @Test
    void listsEverySettingWithItsDefaultAndWhatItMeans() {
        List<Setting> all = settings.list();
        assertEquals(
                List.copyOf(new TreeMap<>(TestConfig.defaults()).keySet()),
                all.stream().map(Setting::key).toList());
        for (Setting each : all) {
            assertFalse(each.description().isBlank(), each.key());
            assertEquals(each.value(), each.standard(), each.key());
        }
        assertEquals(
                "Quality of the pictures that are sent back, 1 to 100.",
                row("osprey.segmentation.jpeg-quality").description());
    }

    @Test
    void showsNoSecrets() {
        set("osprey.jobs.password", "hush");
        set("osprey.jobs.url", "jdbc:postgresql://host/osprey?password=hush");
        for (Setting each : settings.list()) {
            assertFalse(each.toString().contains("hush"), each.key());
        }
        assertTrue(row("osprey.jobs.password").secret());
        assertEquals("••••", row("osprey.jobs.password").value());
        assertEquals(Optional.of("••••"), row("osprey.jobs.password").pending());
    }

    @Test
    void readsOneCommentForSettingsThatFollowIt() throws IOException {
        Defaults defaults = Defaults.read(new BufferedReader(new StringReader("""
                # Of the file.

                # Of two,
                # in two lines.
                a=1
                b=2
                # Of the last.
                c=x=y
                """)));
        assertEquals(Optional.of(new Defaults.Entry("1", "Of two, in two lines.")), defaults.of("a"));
        assertEquals(Optional.of(new Defaults.Entry("2", "Of two, in two lines.")), defaults.of("b"));
        assertEquals(Optional.of(new Defaults.Entry("x=y", "Of the last.")), defaults.of("c"));
        assertEquals(Optional.empty(), defaults.of("d"));
    }
}
