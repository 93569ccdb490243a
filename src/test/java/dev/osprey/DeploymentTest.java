package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What deploys Osprey where no test can go: that it speaks of settings, files and limits that there are. */
class DeploymentTest {

    private static final Path CONFIG = Path.of("server-config");
    private static final Pattern VARIABLE = Pattern.compile("\\bOSPREY_[A-Z_]+\\b");

    /** Of the notebook alone: where the source is. */
    private static final Set<String> OF_THE_NOTEBOOK = Set.of("OSPREY_REPOSITORY", "OSPREY_FOLDER");

    private static String text(String file) throws IOException {
        return Files.readString(CONFIG.resolve(file));
    }

    private static Set<String> variables(String text) {
        return new TreeSet<>(
                VARIABLE.matcher(text).results().map(MatchResult::group).toList());
    }

    private static Properties settings() throws IOException {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(
                Path.of("src", "main", "resources", "META-INF", "microprofile-config.properties"))) {
            settings.load(reader);
        }
        return settings;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "osprey.service",
                "container/Dockerfile",
                "container/Dockerfile.cuda",
                "compose.yaml",
                "kubernetes/cpu/osprey.yaml",
                "kubernetes/gpu/gpu.yaml",
                "notebook.ipynb"
            })
    void namesVariablesThatTheServerReads(String file) throws IOException {
        Set<String> known = variables(text("start.sh"));
        for (String key : settings().stringPropertyNames()) {
            known.add(key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"));
        }
        known.addAll(OF_THE_NOTEBOOK);
        Set<String> unknown = variables(text(file));
        unknown.removeAll(known);
        assertEquals(Set.of(), unknown);
    }

    /** As the server refuses to start without a decision where everybody can reach it. */
    @ParameterizedTest
    @ValueSource(strings = {"container/Dockerfile", "container/Dockerfile.cuda"})
    void letsNobodyIntoAContainerWithoutAKey(String file) throws IOException {
        assertTrue(text(file).contains("OSPREY_ADDRESS=0.0.0.0"), file);
        assertTrue(text(file).contains("OSPREY_ACCESS_MODE=keys"), file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"container/Dockerfile", "container/Dockerfile.cuda"})
    void copiesWhatIsThereIntoAContainer(String file) throws IOException {
        List<String> ignored = Files.readAllLines(Path.of(".dockerignore"));
        List<String> copied = Pattern.compile("(?m)^COPY (?!--from)(\\S+) ")
                .matcher(text(file))
                .results()
                .map(match -> match.group(1))
                .filter(source -> !source.equals("."))
                .toList();
        assertFalse(copied.isEmpty());
        for (String source : copied) {
            assertTrue(Files.exists(Path.of(source)), source);
            assertTrue(ignored.contains("!" + source), source);
        }
    }

    @Test
    void runsAsTheSameUserInEveryContainer() throws IOException {
        String user = "10001";
        assertTrue(text("container/Dockerfile").contains("\nUSER " + user + ":" + user + "\n"));
        assertTrue(text("container/Dockerfile.cuda").contains("\nUSER " + user + ":" + user + "\n"));
        assertTrue(text("kubernetes/cpu/osprey.yaml").contains("runAsUser: " + user + "\n"));
        assertTrue(text("kubernetes/cpu/osprey.yaml").contains("fsGroup: " + user + "\n"));
    }

    /** The proxy lets through what the server takes, and little more. */
    @Test
    void takesAsLargeBodiesBehindTheProxy() throws IOException {
        Properties settings = settings();
        String proxy = text("nginx.conf");
        int upload = Integer.parseInt(settings.getProperty("osprey.studio.max-upload-mib"));
        assertTrue(proxy.contains("client_max_body_size " + (upload + 2) + "m;"));
        int message = Integer.parseInt(settings.getProperty("osprey.socketio.max-message-bytes"));
        assertTrue(proxy.contains("client_max_body_size " + message / 1_048_576 + "m;"));
        int video = Integer.parseInt(settings.getProperty("osprey.referee.max-upload-mib"));
        assertTrue(proxy.contains("client_max_body_size " + video / 1_024 + "g;"));
        Pattern large = Pattern.compile(proxy.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("location ~ "))
                .map(line -> line.substring("location ~ ".length(), line.length() - " {".length()))
                .collect(Collectors.joining("|")));
        for (String path : List.of("/analyze", "/api/referee/analyze", "/api/referee/bouts")) {
            assertTrue(large.matcher(path).find(), path);
        }
        assertFalse(large.matcher("/api/upload-image").find());
    }

    /** A server that drains, or waits for its database, is sent nobody and not killed for it. */
    @Test
    void probesWhatItMeans() throws IOException {
        List<String> probes = Pattern.compile("(\\w+)Probe:\\s+httpGet:\\s+path: (\\S+)")
                .matcher(text("kubernetes/cpu/osprey.yaml"))
                .results()
                .map(match -> match.group(1) + " " + match.group(2))
                .toList();
        assertEquals(List.of("startup /health/started", "liveness /health/live", "readiness /health/ready"), probes);
    }

    @Test
    void mountsFilesThatAreThere() throws IOException {
        List<String> mounted = Pattern.compile("(?m)- \\./(\\S+?):/")
                .matcher(text("compose.yaml"))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertFalse(mounted.isEmpty());
        for (String file : mounted) {
            assertTrue(Files.exists(CONFIG.resolve(file)), file);
        }
    }

    @Test
    void hasANotebookThatIsOne() throws IOException {
        JsonObject notebook = StreamClient.json(text("notebook.ipynb"));
        assertEquals(4, notebook.getInt("nbformat"));
        for (JsonObject cell : notebook.getJsonArray("cells").getValuesAs(JsonObject.class)) {
            assertTrue(Set.of("code", "markdown").contains(cell.getString("cell_type")), cell::toString);
            assertTrue(cell.getJsonArray("source").size() > 0);
            if (cell.getString("cell_type").equals("code")) {
                assertEquals(0, cell.getJsonArray("outputs").size(), "Somebody's output is in it");
            }
        }
    }
}
