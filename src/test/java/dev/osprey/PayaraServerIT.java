package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Osprey on Payara Server: the same application, operated with Payara's own commands and its administration console. */
class PayaraServerIT {

    private static final Path SCREENSHOTS = Path.of(System.getProperty("osprey.screenshots", "target/screenshots"));
    private static final Path PICTURE = Path.of("src", "test", "resources", "world", "table-1.jpg");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What three deployments more may leave behind; about a tenth of it was measured. */
    private static final long TOLERANCE_MIB = 400;

    /** Of each protocol's checklist and clients those that are quick; all of them take a quarter of an hour. */
    private static final List<String> CONFORMANCE = List.of(
            "dev.osprey.segmentation.ConformanceIT#describesItselfToProgrammes",
            "dev.osprey.segmentation.ConformanceIT#countsConnectionsUntilTheyCloseOrVanish",
            "dev.osprey.segmentation.ConformanceIT#letsPagesOfOtherOriginsAskFirst",
            "dev.osprey.segmentation.ConformanceIT#greetsWithExactlyOneMessage",
            "dev.osprey.segmentation.ConformanceIT#returnsTheTimestampAsItCame",
            "dev.osprey.segmentation.ConformanceIT#confirmsExactlyTheSettingsThatWereSent",
            "dev.osprey.segmentation.ConformanceIT#showsTheFrameBesideItsClasses",
            "dev.osprey.segmentation.ConformanceIT#answersFramesBeforeAChangeInTheOldMode",
            "dev.osprey.segmentation.ConformanceIT#saysThatAFrameIsNoImageAndGoesOn",
            "dev.osprey.segmentation.ConformanceIT#refusesAPictureThatClaimsToBeHuge",
            "dev.osprey.segmentation.ConformanceIT#keepsConnectionsApart",
            "dev.osprey.signs.SignsIT#answersAClientThatOnlyPolls",
            "dev.osprey.signs.SignsIT#acknowledgesAfterThePrediction",
            "dev.osprey.signs.SignsIT#looksAtPicturesInEveryForm",
            "dev.osprey.signs.SignsIT#speaksTheOlderDialectOverAPlainWebSocket",
            "dev.osprey.fingerspelling.CoachIT#servesARealClientInPython",
            "dev.osprey.referee.RefereeIT#findsNothingWrongWithTenFrames",
            "dev.osprey.referee.BoutIT#decidesAnUploadAsItDecidesTheStream",
            "dev.osprey.studio.StudioIT#keepsOneRecordOfEveryRequest",
            "dev.osprey.studio.StudioIT#makesThatWhichItHasMadeNoMore");

    /** The text of the application's line in the console's table. */
    private static final String ROW =
            "[...document.querySelectorAll('tr')].map((row) => row.innerText.replace(/\\s+/g, ' ').trim())"
                    + ".find((text) => text.startsWith('osprey '))";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path home;

    @SuppressWarnings("NullAway.Init")
    private static PayaraServer server;

    @BeforeAll
    static void deploy() throws Exception {
        server = new PayaraServer(home);
        server.deploy();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(server.http(path)).build(), BodyHandlers.ofString());
    }

    /** Has a frame segmented and returns the mode that the server began with. */
    private static String segmented() throws Exception {
        try (StreamClient client = StreamClient.connect(server.webSocket("/ws"))) {
            JsonObject greeting = client.next("connected");
            JsonObject metadata =
                    client.segment(Files.readAllBytes(PICTURE)).json().getJsonObject("metadata");
            assertTrue(metadata.getJsonArray("detected_classes").size() > 0, metadata::toString);
            assertEquals(greeting.getString("current_model"), metadata.getString("model_mode"));
            return greeting.getString("current_model");
        }
    }

    @Test
    void servesEveryProtocolAsPayaraMicroDoes() throws Exception {
        Elsewhere.Run run = Elsewhere.run(server.port(), server.log(), CONFORMANCE);
        assertTrue(run.passed(), run::output);
        assertEquals(CONFORMANCE.size(), run.tests(), run::output);
    }

    @Test
    void servesTheSignWordsClientInPython() throws Exception {
        Python.Run run = Python.with("socketio, requests, websocket", "src/test/python/requirements.txt")
                .run(List.of(
                        "src/test/python/signs_client.py",
                        server.http("").toString(),
                        "src/main/webapp/samples/grace-hopper.jpg"));
        assertEquals(0, run.status(), run::output);
        assertTrue(run.output().contains("\"prediction\": 30"), run::output);
    }

    /** In one process, of which the natives are part, with a setting changed before each. */
    @Test
    void isDeployedAgainAndAgainWithTheSettingsOfThatTime() throws Exception {
        long pid = server.pid();
        segmented();
        long memory = residentMib(pid);
        for (String mode : List.of("fast", "accurate", "balanced")) {
            server.asadmin(
                    "set-config-property",
                    "--source=domain",
                    "--propertyName=osprey.segmentation.default-mode",
                    "--propertyValue=" + mode);
            server.deploy();
            assertEquals(mode, segmented());
        }
        assertEquals(pid, server.pid());
        long grown = residentMib(pid) - memory;
        System.out.println("Three deployments more have taken " + grown + " MiB");
        assertTrue(grown < TOLERANCE_MIB, () -> grown + " MiB more after three deployments");
    }

    /** One of those that change while the server runs. */
    @Test
    void takesALimitOfAsadminWithoutADeployment() throws Exception {
        String key = "osprey.stream.max-connections-per-address";
        server.asadmin("set-config-property", "--source=domain", "--propertyName=" + key, "--propertyValue=1");
        try (StreamClient client = StreamClient.greeted(server.webSocket("/ws"))) {
            RealServer.await("A second client is one too many", () -> !letsIn());
            client.segment(Files.readAllBytes(PICTURE));
        } finally {
            // Or everything after this would have one connection.
            server.asadmin("delete-config-property", "--source=domain", "--propertyName=" + key);
        }
        try (StreamClient client = StreamClient.greeted(server.webSocket("/ws"))) {
            RealServer.await("A second client is welcome again", PayaraServerIT::letsIn);
            client.segment(Files.readAllBytes(PICTURE));
        }
    }

    private static boolean letsIn() throws Exception {
        try (StreamClient client = StreamClient.connect(server.webSocket("/ws"))) {
            return client.arrival() instanceof StreamClient.Arrival.Message;
        }
    }

    @Test
    void isGoneWhileItIsDisabled() throws Exception {
        server.asadmin("disable", PayaraServer.APPLICATION);
        try {
            for (String path : List.of("/", "/labels", "/ws", "/api/models")) {
                assertEquals(404, get(path).statusCode(), path);
            }
        } finally {
            server.asadmin("enable", PayaraServer.APPLICATION);
        }
        RealServer.await("It is ready again", () -> get("/labels").statusCode() == 200);
        segmented();
    }

    @Test
    void listensWhereItSaysAndNowhereElse() throws Exception {
        Requires.existing("The system's table of ports", Path.of("/proc/net/tcp6"));
        assertEquals(Set.of(server.port(), server.adminPort()), listening(server.pid()));
    }

    @Test
    void tellsNobodyWhatItRunsOn() throws Exception {
        HttpRequest trace = HttpRequest.newBuilder(server.http("/"))
                .method("TRACE", HttpRequest.BodyPublishers.noBody())
                .build();
        assertEquals(405, HTTP.send(trace, BodyHandlers.ofString()).statusCode());
        HttpResponse<String> lost = get("/no-such-page");
        assertEquals(404, lost.statusCode());
        assertEquals("Osprey", lost.headers().firstValue("Server").orElse("Osprey"));
        assertTrue(lost.headers().firstValue("X-Powered-By").isEmpty());
    }

    @Test
    void showsItsStateInTheAdministrationConsole() throws Exception {
        try (Chromium chromium = Chromium.withoutCamera()) {
            chromium.look(1280, 900, "light");
            chromium.visit(server.console());
            chromium.until("the console is there", () -> chromium.element("loginButton")
                    .isDisplayed());
            chromium.element("Login.username").sendKeys(PayaraServer.USER);
            chromium.element("Login.password").sendKeys(PayaraServer.PASSWORD);
            chromium.element("loginButton").click();
            chromium.until(
                    "the console lets the operator in",
                    () -> chromium.holds("document.body.innerText.includes('Common Tasks')"));
            chromium.visit(server.console().resolve("/common/applications/applications.jsf"));
            chromium.until(
                    "it lists Osprey", () -> chromium.holds(ROW + ".includes('ejb, health, metrics, openapi, web')"));
            assertEquals(1, chromium.number("document.querySelectorAll('tr img[src$=\"/enabled.png\"]').length"));
            chromium.photograph(SCREENSHOTS.resolve("payara-console.png"));
        }
    }

    private static long residentMib(long pid) throws IOException {
        Path status = Requires.existing("The system's account of memory", Path.of("/proc/" + pid + "/status"));
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024)
                    .sum();
        }
    }

    /** The TCP ports at which a process listens. */
    private static Set<Integer> listening(long pid) throws IOException {
        Set<String> sockets;
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            sockets = files.map(PayaraServerIT::target).collect(Collectors.toSet());
        }
        Set<Integer> ports = new TreeSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                List<String> fields = List.of(line.strip().split("\\s+", -1));
                if (fields.size() > 9
                        && fields.get(3).equals("0A")
                        && sockets.contains("socket:[" + fields.get(9) + "]")) {
                    String address = fields.get(1);
                    ports.add(Integer.parseInt(address.substring(address.indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed since.
            return "";
        }
    }
}
