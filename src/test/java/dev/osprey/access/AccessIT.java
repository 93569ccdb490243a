package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.osprey.Chromium;
import dev.osprey.Python;
import dev.osprey.RawSocketIo;
import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.Requires;
import dev.osprey.StartedServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.servlet.annotation.WebServlet;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Who may what on a server that asks everybody who they are, by every way in, as a client and as somebody who wants more. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessIT {

    private static final String ISSUER = "https://issuer.example";
    private static final String JSON = "Content-Type: application/json";

    /** Another address of this machine, where a proxy could be. */
    private static final String PROXY = "127.0.0.2";

    private static final String MULTIPART = "multipart/form-data; boundary=b";
    private static final String FOREIGN = "Origin: https://elsewhere.example";
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String PICTURE = "src/main/webapp/samples/grace-hopper.jpg";
    private static final String BOUT = "src/main/webapp/samples/bouts/attack-and-counter-left-1";
    private static final String HAND = "../shared/data/images/hand-open.png";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static java.nio.file.Path home;

    private static int port;

    @SuppressWarnings("NullAway.Init")
    private static StartedServer server;

    @SuppressWarnings("NullAway.Init")
    private static ECKey issuer;

    @SuppressWarnings("NullAway.Init")
    private static SignedInBrowser browser;

    private static String password = "";
    private static String anna = "";
    private static String bert = "";
    private static String operator = "";
    private static String revoked = "";
    private static String collector = "";
    private static String segments = "";

    /** What a server has answered. */
    private record Answer(int status, String head, String body) {
        Optional<String> header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        JsonObject json() {
            return StreamClient.json(body);
        }
    }

    private record SignedInBrowser(String cookie, String csrf) {}

    @BeforeAll
    static void start() throws Exception {
        issuer = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        java.nio.file.Path keys = Files.writeString(home.resolve("keys.json"), new JWKSet(issuer).toString());
        port = StartedServer.freePort();
        server = new StartedServer(
                home,
                port,
                Map.of(
                        "OSPREY_ACCESS_MODE",
                        "keys-and-tokens",
                        "OSPREY_ACCESS_TOKEN_ISSUER",
                        ISSUER,
                        "OSPREY_ACCESS_TOKEN_KEYS",
                        keys.toString(),
                        "OSPREY_ACCESS_TRUSTED_PROXIES",
                        PROXY));
        Pattern words = Pattern.compile("whose password is (\\S+): change it");
        // Streams need no operator, so that the server may be ready before the first one is made.
        RealServer.await(
                "The password is told", () -> words.matcher(server.log()).find());
        Matcher told = words.matcher(server.log());
        assertTrue(told.find());
        password = told.group(1);
        assertFalse(told.find(), "It is told once");
        browser = signIn();
        String all = "\"segmentation\",\"signs\",\"fingerspelling\",\"referee\",\"studio\"";
        anna = key("anna", all, "").getString("key");
        bert = key("bert", all, "").getString("key");
        collector = key("collector", "\"metrics\"", "").getString("key");
        segments = key("camera", "\"segmentation\"", "").getString("key");
        operator = key("script", "", ",\"role\":\"operator\"").getString("key");
        JsonObject ended = key("ended", all, "");
        revoked = ended.getString("key");
        // Known before it ends, so that nothing that is remembered of it may count.
        assertEquals(200, send("GET", "/api/jobs", "", bearer(revoked)).status());
        assertEquals(
                204,
                send("DELETE", "/api/admin/keys/" + ended.getString("id"), "", bearer(operator))
                        .status());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static SignedInBrowser signIn() throws IOException {
        Answer answer = send(
                "POST",
                "/api/session",
                Json.createObjectBuilder()
                        .add("name", "operator")
                        .add("password", password)
                        .build()
                        .toString(),
                JSON);
        assertEquals(200, answer.status(), answer::body);
        String cookie = answer.header("Set-Cookie").orElseThrow();
        assertTrue(
                cookie.contains("HttpOnly") && cookie.toLowerCase(Locale.ROOT).contains("samesite=strict"), cookie);
        return new SignedInBrowser(
                "Cookie: " + cookie.substring(0, cookie.indexOf(';')),
                answer.json().getString("csrf"));
    }

    private static JsonObject key(String name, String scopes, String more) throws IOException {
        Answer made = send(
                "POST",
                "/api/admin/keys",
                "{\"name\":\"%s\",\"scopes\":[%s]%s}".formatted(name, scopes, more),
                JSON,
                browser.cookie(),
                "X-CSRF-Token: " + browser.csrf());
        assertEquals(201, made.status(), made::body);
        return made.json();
    }

    private static String bearer(String key) {
        return "Authorization: Bearer " + key;
    }

    /** Sends exactly this, and reads the answer to its end; of an upgrade or a stream of events only the head. */
    private static Answer send(String method, String path, String body, String... headers) throws IOException {
        return send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static Answer send(String method, String path, byte[] body, String... headers) throws IOException {
        return sendFrom(InetAddress.getLoopbackAddress(), method, path, body, headers);
    }

    private static Answer sendFrom(InetAddress here, String method, String path, byte[] body, String... headers)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, here, 0)) {
            socket.setSoTimeout(60_000);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            boolean upgrades = Arrays.stream(headers).anyMatch("Upgrade: websocket"::equals);
            request.write((method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n"
                            + (upgrades ? "" : "Connection: close\r\n")
                            + (body.length == 0 && method.equals("GET")
                                    ? ""
                                    : "Content-Length: " + body.length + "\r\n")
                            + Arrays.stream(headers).map(line -> line + "\r\n").collect(Collectors.joining())
                            + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            request.write(body);
            socket.getOutputStream().write(request.toByteArray());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            int status = Integer.parseInt(head.substring(9, 12));
            boolean endless = status == 101 || head.toString().contains("text/event-stream");
            String text = "";
            if (!endless && !method.equals("HEAD")) {
                String raw = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                text = head.toString().toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")
                        ? joined(raw)
                        : raw;
            }
            return new Answer(status, head.toString(), text);
        }
    }

    private static String joined(String chunks) {
        StringBuilder text = new StringBuilder();
        String left = chunks;
        while (!left.isEmpty()) {
            int line = left.indexOf("\r\n");
            byte[] rest = left.substring(line + 2).getBytes(StandardCharsets.UTF_8);
            int length = Integer.parseInt(left.substring(0, line), 16);
            if (length == 0) {
                break;
            }
            text.append(new String(rest, 0, length, StandardCharsets.UTF_8));
            left = new String(rest, length + 2, rest.length - length - 2, StandardCharsets.UTF_8);
        }
        return text.toString();
    }

    private static Answer get(String path, String key) throws IOException {
        return send("GET", path, "", bearer(key));
    }

    private static int handshake(String path, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 4);
        all[headers.length] = "Upgrade: websocket";
        all[headers.length + 1] = "Connection: Upgrade";
        all[headers.length + 2] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        all[headers.length + 3] = "Sec-WebSocket-Version: 13";
        return send("GET", path, "", all).status();
    }

    /** What an address needs. */
    private enum Needs {
        NOTHING,
        PAGE,
        CONSOLE,
        ANYBODY,
        SEGMENTATION,
        SIGNS,
        FINGERSPELLING,
        REFEREE,
        STUDIO,
        SOCKET_IO,
        METRICS,
        OPERATOR
    }

    /**
     * An address, what it needs, and how it answers those who have that; a handshake's method is WS.
     *
     * @param path as the annotations have it
     */
    private record Row(Needs needs, String method, String path, int status) {

        /** How it answers a caller. */
        int expected(String caller) {
            boolean somebody = !Set.of("nobody", "wrong", "revoked").contains(caller);
            return switch (needs) {
                case NOTHING -> status;
                case PAGE -> caller.equals("nobody") ? 302 : somebody ? status : 401;
                case CONSOLE ->
                    caller.equals("nobody") ? 302 : !somebody ? 401 : caller.equals("operator") ? status : 302;
                case ANYBODY -> somebody ? status : 401;
                case METRICS ->
                    !somebody ? 401 : Set.of("collector", "operator").contains(caller) ? status : 403;
                case OPERATOR -> !somebody ? 401 : caller.equals("operator") ? status : 403;
                case SEGMENTATION -> !somebody ? 401 : caller.equals("collector") ? 403 : status;
                case SIGNS, FINGERSPELLING, REFEREE, STUDIO, SOCKET_IO ->
                    !somebody ? 401 : Set.of("collector", "camera").contains(caller) ? 403 : status;
            };
        }

        String address() {
            return path.replaceAll("\\{operation:[^}]*}", "analyze").replaceAll("\\{[^}]*}", "unknown");
        }

        String name() {
            return method + " " + path;
        }
    }

    private static final List<Row> TABLE = List.of(
            new Row(Needs.NOTHING, "GET", "/health", 200),
            new Row(Needs.NOTHING, "GET", "/health/started", 200),
            new Row(Needs.NOTHING, "GET", "/health/live", 200),
            new Row(Needs.NOTHING, "GET", "/health/ready", 200),
            new Row(Needs.NOTHING, "GET", "/health-detailed", 200),
            new Row(Needs.NOTHING, "GET", "/healthz", 200),
            new Row(Needs.NOTHING, "GET", "/labels", 200),
            new Row(Needs.NOTHING, "GET", "/ready", 200),
            new Row(Needs.NOTHING, "GET", "/error", 404),
            new Row(Needs.NOTHING, "GET", "/", 200),
            new Row(Needs.NOTHING, "GET", "/css/page.css", 200),
            new Row(Needs.NOTHING, "GET", "/js/page.js", 200),
            new Row(Needs.NOTHING, "GET", "/samples/grace-hopper.jpg", 200),
            new Row(Needs.NOTHING, "GET", "/WEB-INF/web.xml", 404),
            new Row(Needs.NOTHING, "GET", "/admin/sign-in.html", 200),
            new Row(Needs.CONSOLE, "GET", "/admin/", 200),
            new Row(Needs.CONSOLE, "GET", "/admin/index.html", 200),
            new Row(Needs.PAGE, "GET", "/index.html", 200),
            new Row(Needs.PAGE, "GET", "/signs.html", 200),
            new Row(Needs.PAGE, "GET", "/coach.html", 200),
            new Row(Needs.PAGE, "GET", "/referee.html", 200),
            new Row(Needs.PAGE, "GET", "/studio.html", 200),
            new Row(Needs.PAGE, "GET", "/studio", 200),
            new Row(Needs.METRICS, "GET", "/metrics", 200),
            new Row(Needs.ANYBODY, "GET", "/openapi", 200),
            new Row(Needs.SEGMENTATION, "WS", "/ws", 101),
            new Row(Needs.SIGNS, "WS", "/signs", 101),
            new Row(Needs.FINGERSPELLING, "WS", "/", 101),
            new Row(Needs.FINGERSPELLING, "WS", "/fingerspelling", 101),
            new Row(Needs.REFEREE, "WS", "/stream", 101),
            new Row(Needs.REFEREE, "WS", "//stream", 101),
            new Row(Needs.SOCKET_IO, "WS", "/socket.io/?EIO=4&transport=websocket", 101),
            new Row(Needs.SOCKET_IO, "GET", POLLING, 200),
            new Row(Needs.SOCKET_IO, "POST", POLLING, 400),
            new Row(Needs.REFEREE, "POST", "/analyze", 415),
            new Row(Needs.REFEREE, "GET", "/streaming/stats", 200),
            new Row(Needs.REFEREE, "GET", "/api/referee/stats", 200),
            new Row(Needs.REFEREE, "POST", "/api/referee/analyze", 415),
            new Row(Needs.REFEREE, "POST", "/api/referee/bouts", 415),
            new Row(Needs.NOTHING, "GET", "/api/session", 401),
            new Row(Needs.NOTHING, "POST", "/api/session", 415),
            new Row(Needs.NOTHING, "DELETE", "/api/session", 204),
            new Row(Needs.NOTHING, "PUT", "/api/session/password", 415),
            new Row(Needs.ANYBODY, "POST", "/api/tickets", 201),
            new Row(Needs.ANYBODY, "GET", "/api/jobs", 200),
            new Row(Needs.ANYBODY, "GET", "/api/jobs/{id}", 404),
            new Row(Needs.ANYBODY, "POST", "/api/jobs/{id}/cancel", 404),
            new Row(Needs.ANYBODY, "DELETE", "/api/jobs/{id}", 404),
            new Row(Needs.ANYBODY, "GET", "/api/jobs/{id}/events", 404),
            new Row(Needs.ANYBODY, "GET", "/api/jobs/{id}/artifacts/{name}", 404),
            new Row(Needs.ANYBODY, "HEAD", "/api/jobs/{id}/artifacts/{name}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/models", 200),
            new Row(Needs.OPERATOR, "PUT", "/api/models/{name}", 415),
            new Row(Needs.OPERATOR, "DELETE", "/api/models/{name}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/admin/overview", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/history", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/problems", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/sessions", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/events", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/streams", 200),
            new Row(Needs.OPERATOR, "DELETE", "/api/admin/streams/{id}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/admin/keys", 200),
            new Row(Needs.OPERATOR, "POST", "/api/admin/keys", 415),
            new Row(Needs.OPERATOR, "DELETE", "/api/admin/keys/{id}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/admin/settings", 200),
            new Row(Needs.OPERATOR, "PUT", "/api/admin/settings/{key}", 415),
            new Row(Needs.OPERATOR, "DELETE", "/api/admin/settings/{key}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/admin/audit", 200),
            new Row(Needs.OPERATOR, "GET", "/api/admin/jobs", 200),
            new Row(Needs.OPERATOR, "POST", "/api/admin/jobs/{id}/cancel", 404),
            new Row(Needs.OPERATOR, "POST", "/api/admin/jobs/{id}/retry", 404),
            new Row(Needs.OPERATOR, "DELETE", "/api/admin/jobs/{id}", 404),
            new Row(Needs.OPERATOR, "GET", "/api/admin/models", 200),
            new Row(Needs.OPERATOR, "PUT", "/api/admin/models/{name}", 415),
            new Row(Needs.OPERATOR, "DELETE", "/api/admin/models/{name}", 404),
            new Row(Needs.OPERATOR, "POST", "/api/admin/models/{name}/warm", 404),
            new Row(Needs.OPERATOR, "POST", "/api/admin/models/{name}/try", 415),
            new Row(Needs.OPERATOR, "POST", "/api/cache/config", 400),
            new Row(Needs.OPERATOR, "POST", "/api/cache/clear", 200),
            new Row(Needs.STUDIO, "GET", "/api/cache/stats", 200),
            new Row(Needs.STUDIO, "GET", "/api/cache/config", 200),
            new Row(Needs.STUDIO, "GET", "/api/cache/entries", 200),
            new Row(Needs.STUDIO, "POST", "/api/batch-generate", 400),
            new Row(Needs.STUDIO, "POST", "/api/text-to-image", 400),
            new Row(Needs.STUDIO, "POST", "/api/generate-3d", 400),
            new Row(Needs.STUDIO, "GET", "/api/job-status/{id}", 404),
            new Row(Needs.STUDIO, "POST", "/api/stl/{operation: analyze|repair|optimize|simplify}", 400),
            new Row(Needs.STUDIO, "GET", "/api/download/{id}/{name}", 404),
            new Row(Needs.STUDIO, "GET", "/api/download-base64/{id}/{name}", 404),
            new Row(Needs.STUDIO, "GET", "/api/preview/{name}", 404),
            new Row(Needs.STUDIO, "GET", "/api/preview-output/{id}/{name}", 404),
            new Row(Needs.NOTHING, "GET", "/api/health", 200),
            new Row(Needs.STUDIO, "GET", "/api/models-info", 200),
            new Row(Needs.STUDIO, "POST", "/api/local-llm/generate", 400),
            new Row(Needs.STUDIO, "GET", "/api/local-llm/status", 200),
            new Row(Needs.STUDIO, "GET", "/api/materials/presets", 200),
            new Row(Needs.STUDIO, "GET", "/api/lighting/presets", 200),
            new Row(Needs.STUDIO, "POST", "/api/upload-image", 400),
            new Row(Needs.STUDIO, "GET", "/api/none-such", 404));

    @Test
    @Order(1)
    void answersEveryCallerAsTheTableSays() throws Exception {
        Map<String, String> callers = Map.of(
                "nobody", "",
                "wrong", "osp_wrong",
                "revoked", revoked,
                "anna", anna,
                "bert", bert,
                "camera", segments,
                "collector", collector,
                "operator", operator);
        List<String> wrong = new ArrayList<>();
        for (Row row : TABLE) {
            for (Map.Entry<String, String> caller : callers.entrySet()) {
                String[] headers =
                        caller.getValue().isEmpty() ? new String[0] : new String[] {bearer(caller.getValue())};
                int status = row.method().equals("WS")
                        ? handshake(row.address(), headers)
                        : send(row.method(), row.address(), "", withType(headers))
                                .status();
                if (status != row.expected(caller.getKey())) {
                    wrong.add("%s as %s: %d, not %d"
                            .formatted(row.name(), caller.getKey(), status, row.expected(caller.getKey())));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    @Order(1)
    void letsPagesSpeakToTheirOwnServerAlone() throws Exception {
        for (Answer answer :
                List.of(send("GET", "/admin/sign-in.html", ""), get("/api/jobs", anna), get("/ws", "wrong"))) {
            String policy = answer.header("Content-Security-Policy").orElseThrow();
            assertTrue(policy.startsWith("default-src 'self'; "), policy);
            assertTrue(
                    policy.endsWith(
                            "; connect-src 'self' blob: ws://127.0.0.1:%1$d wss://127.0.0.1:%1$d".formatted(port)),
                    policy);
        }
    }

    /** Bodies that no endpoint reads, each with its type, if it has one. */
    private static final Map<String, Optional<String>> UNREADABLE = Map.ofEntries(
            Map.entry("", Optional.empty()),
            Map.entry("x", Optional.empty()),
            Map.entry("{", Optional.of("application/json")),
            Map.entry("[1]", Optional.of("application/json")),
            Map.entry("null", Optional.of("application/json; charset=none-such")),
            Map.entry("{\"a\":1e999999}", Optional.of("application/json")),
            Map.entry("%zz=%", Optional.of("application/x-www-form-urlencoded")),
            Map.entry("not a picture", Optional.of("image/jpeg")),
            Map.entry("of no type", Optional.of("none")),
            Map.entry("without boundary", Optional.of("multipart/form-data")),
            Map.entry("without parts", Optional.of(MULTIPART)),
            Map.entry("--b\r\n\r\nnameless\r\n--b--\r\n", Optional.of(MULTIPART)),
            Map.entry("--b\r\nContent-Disposition: form-data; name=\"video\"\r\n", Optional.of(MULTIPART)));

    @Test
    @Order(2)
    void saysOfNoBodyThatTheServerHasFailed() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Row row : TABLE) {
            if (!Set.of("POST", "PUT").contains(row.method())) {
                continue;
            }
            for (Map.Entry<String, Optional<String>> body : UNREADABLE.entrySet()) {
                List<String> headers = new ArrayList<>(List.of(bearer(operator)));
                body.getValue().ifPresent(type -> headers.add("Content-Type: " + type));
                int status = send(row.method(), row.address(), body.getKey(), headers.toArray(String[]::new))
                        .status();
                if (status >= 500) {
                    wrong.add("%s with %s: %d".formatted(row.name(), body, status));
                }
            }
        }
        assertEquals(List.of(), wrong);
        for (String path : List.of("/analyze", "/api/referee/analyze", "/api/referee/bouts")) {
            Answer nothing = send("POST", path, "", bearer(anna));
            assertEquals(422, nothing.status());
            assertEquals(
                    List.of("video", "signal"),
                    nothing.json().getJsonArray("detail").getValuesAs(missing -> missing.asJsonObject()
                            .getJsonArray("loc")
                            .getString(1)));
        }
    }

    /** A type that nobody expects, so that nothing begins. */
    private static String[] withType(String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Type: text/plain";
        return all;
    }

    @Test
    @Order(1)
    void knowsEveryEndpointThereIs() throws Exception {
        Set<String> there = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.osprey")) {
            if (type.isAnnotatedWith(ServerEndpoint.class)) {
                there.add("WS " + type.getAnnotationOfType(ServerEndpoint.class).value());
            }
            if (type.isAnnotatedWith(WebServlet.class)) {
                WebServlet servlet = type.getAnnotationOfType(WebServlet.class);
                for (String pattern : servlet.urlPatterns()) {
                    there.add("GET " + (pattern.isEmpty() ? "/" : pattern.replace("*", "")));
                }
            }
            if (type.isAnnotatedWith(Path.class)) {
                String base = type.getAnnotationOfType(Path.class).value();
                type.getMethods().forEach(method -> verb(method)
                        .ifPresent(verb -> there.add(verb + " " + address(base, method))));
            }
        }
        JsonObject described = get("/openapi?format=JSON", operator).json().getJsonObject("paths");
        assertTrue(described.size() > 40, described::toString);
        described.forEach((path, operations) -> operations.asJsonObject().keySet().stream()
                .map(verb -> verb.toUpperCase(Locale.ROOT))
                .filter(Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")::contains)
                .forEach(verb -> there.add(verb + " " + path)));
        Set<String> listed = TABLE.stream()
                .map(row -> row.method() + " " + row.path().replaceAll("\\?.*", ""))
                .collect(Collectors.toSet());
        assertTrue(there.size() > 60, there::toString);
        there.removeAll(listed);
        assertEquals(Set.of(), there);
    }

    private static Optional<String> verb(JavaMethod method) {
        return List.<Class<? extends Annotation>>of(
                        GET.class, POST.class, PUT.class, DELETE.class, PATCH.class, HEAD.class)
                .stream()
                .filter(method::isAnnotatedWith)
                .map(Class::getSimpleName)
                .findFirst();
    }

    private static String address(String base, JavaMethod method) {
        String own = method.isAnnotatedWith(Path.class)
                ? "/" + method.getAnnotationOfType(Path.class).value()
                : "";
        return ("/api/" + base + own).replaceAll("/{2,}", "/").replaceAll("(?<=.)/$", "");
    }

    @Test
    @Order(2)
    void keepsJobsFromThoseWhoDidNotAskForThem() throws Exception {
        Answer uploaded =
                upload("/api/upload-image", "image", "picture.jpg", Files.readAllBytes(java.nio.file.Path.of(PICTURE)));
        assertEquals(200, uploaded.status(), uploaded::body);
        String source = uploaded.json().getString("job_id");
        String preview = uploaded.json().getString("preview_url");
        String solid = "{\"job_id\":\"%s\",\"format\":\"stl\",\"quality\":1}".formatted(source);
        Answer begun = send("POST", "/api/generate-3d", solid, JSON, bearer(anna));
        assertEquals(200, begun.status(), begun::body);
        Answer painted =
                send("POST", "/api/text-to-image", "{\"prompt\":\"a red ball\",\"steps\":50}", JSON, bearer(anna));
        assertEquals(200, painted.status(), painted::body);
        String picture = painted.json().getString("job_id");
        RealServer.await("The solid is there", () -> get("/api/job-status/" + source, anna)
                .json()
                .getString("status")
                .equals("completed"));

        List<JsonObject> annas = jobs(anna);
        assertTrue(annas.size() >= 3, annas::toString);
        assertEquals(List.of(), jobs(bert));
        assertTrue(jobs(operator).containsAll(annas));
        for (JsonObject job : annas) {
            String path = "/api/jobs/" + job.getString("id");
            for (String key : List.of(anna, operator)) {
                assertEquals(200, get(path, key).status());
                assertEquals(200, get(path + "/events", key).status());
            }
            assertEquals(404, get(path, bert).status());
            assertEquals(404, get(path + "/events", bert).status());
            assertEquals(
                    404,
                    send("GET", path + "/events", "", "Accept: text/event-stream", bearer(bert))
                            .status());
            assertEquals(404, send("POST", path + "/cancel", "", bearer(bert)).status());
            assertEquals(404, send("DELETE", path, "", bearer(bert)).status());
            JsonObject full = get(path, anna).json();
            for (JsonObject artifact : full.getJsonArray("artifacts").getValuesAs(JsonObject.class)) {
                String file = path + "/artifacts/" + artifact.getString("name");
                assertEquals(200, send("HEAD", file, "", bearer(anna)).status(), file);
                assertEquals(404, get(file, bert).status(), file);
                assertEquals(404, send("HEAD", file, "", bearer(bert)).status(), file);
            }
        }
        String url = get("/api/job-status/" + source, anna).json().getString("download_url");
        String name = url.substring(url.lastIndexOf('/') + 1);
        for (String path : List.of(
                "/api/job-status/" + source,
                "/api/download/" + source + "/" + name,
                "/api/download-base64/" + source + "/" + name,
                "/api/preview-output/" + source + "/" + name,
                preview)) {
            assertEquals(200, send("HEAD", path, "", bearer(anna)).status(), path);
            assertEquals(200, send("HEAD", path, "", bearer(operator)).status(), path);
            assertEquals(404, get(path, bert).status(), path);
        }
        assertEquals(404, get("/api/job-status/" + picture, bert).status());
        keepsItFromSubscribers(picture);
        assertEquals(
                404, send("POST", "/api/generate-3d", solid, JSON, bearer(bert)).status());
        assertEquals(
                404,
                send("POST", "/api/batch-generate", "{\"job_ids\":[\"" + source + "\"]}", JSON, bearer(bert))
                        .status());
    }

    /** Subscribes to a job of Anna's, of which she is told and Bert is not, and cancels it. */
    private static void keepsItFromSubscribers(String job) throws IOException {
        String subscribe = RawSocketIo.event(
                "subscribe", Json.createObjectBuilder().add("job_id", job).build());
        try (RawSocketIo annas = RawSocketIo.joined(withTicket(RawSocketIo.PATH, anna));
                RawSocketIo berts = RawSocketIo.joined(withTicket(RawSocketIo.PATH, bert))) {
            for (RawSocketIo client : List.of(annas, berts)) {
                client.send(subscribe);
                assertEquals(job, client.nextEvent("subscribed").getString("job_id"));
            }
            String packet = annas.next();
            while (!packet.startsWith("42[\"job_update\"")) {
                packet = annas.next();
            }
            assertEquals(job, RawSocketIo.argument("job_update", packet).getString("job_id"));
            assertEquals(
                    200,
                    send("POST", "/api/jobs/" + job + "/cancel", "", bearer(anna))
                            .status());
            berts.assertQuiet();
        }
    }

    private static Answer upload(String path, String field, String name, byte[] data) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write("--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n"
                .formatted(field, name)
                .getBytes(StandardCharsets.US_ASCII));
        body.write(data);
        body.write("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return send("POST", path, body.toByteArray(), "Content-Type: " + MULTIPART, bearer(anna));
    }

    private static List<JsonObject> jobs(String key) throws IOException {
        return get("/api/jobs", key).json().getJsonArray("jobs").getValuesAs(job -> Json.createObjectBuilder()
                .add("id", job.asJsonObject().getString("id"))
                .build());
    }

    @Test
    @Order(3)
    void goesOnWithNobodyElsesRefereeSession() throws Exception {
        String start = "{\"type\":\"session_start\",\"session_id\":\"left\",\"fps\":30,\"width\":640,\"height\":480%s}";
        String resume = start.formatted(",\"resume\":true");
        try (RawWebSocket annas = new RawWebSocket(withTicket("/stream", anna), 0)) {
            annas.send(RawWebSocket.text(start.formatted("")));
            assertEquals(
                    "session_started",
                    StreamClient.json(annas.nextData().text()).getString("type"));
            annas.send(RawWebSocket.text(
                    "{\"type\":\"frame\",\"session_id\":\"left\",\"frame_number\":0," + "\"timestamp\":0}"));
            annas.send(RawWebSocket.frame(RawWebSocket.BINARY, Files.readAllBytes(java.nio.file.Path.of(PICTURE))));
            assertEquals("received", StreamClient.json(annas.nextData().text()).getString("status"));
            annas.vanish();
        }
        RealServer.await(
                "The session waits for its client",
                () -> get("/streaming/stats", anna).json().getInt("active_sessions") == 0);
        try (RawWebSocket berts = new RawWebSocket(withTicket("/stream", bert), 0);
                RawWebSocket annas = new RawWebSocket(withTicket("/stream", anna), 0)) {
            berts.send(RawWebSocket.text(resume));
            assertEquals(0, StreamClient.json(berts.nextData().text()).getInt("next_frame"));
            annas.send(RawWebSocket.text(resume));
            assertEquals(1, StreamClient.json(annas.nextData().text()).getInt("next_frame"));
        }
    }

    @Test
    @Order(3)
    void takesAKeyInEveryPlaceThatItMayStand() throws Exception {
        assertEquals(200, send("GET", "/api/jobs", "", "X-API-Key: " + anna).status());
        assertEquals(401, send("GET", "/api/jobs", "", "X-API-Key: " + revoked).status());
        assertEquals(
                401,
                send("GET", "/api/jobs", "", "Authorization: Basic " + anna).status());
        String browsers = "Sec-WebSocket-Protocol: osprey, osprey.credential.";
        assertEquals(101, handshake("/ws", browsers + anna));
        assertEquals(401, handshake("/ws", browsers + revoked));
        assertEquals(403, handshake("/ws", browsers + collector));
        assertEquals(401, send("GET", "/api/jobs?key=" + anna, "").status());
    }

    @Test
    @Order(3)
    void takesATicketOnce() throws Exception {
        String ticket = ticket(anna);
        assertEquals(101, handshake("/ws?ticket=" + ticket));
        assertEquals(401, handshake("/ws?ticket=" + ticket));
        assertEquals(
                401, send("GET", "/api/jobs?ticket=" + ticket + "&sid=any", "").status());
        assertEquals(401, handshake("/ws?ticket=" + ticket + "&sid=any"));
        assertEquals(401, handshake("/ws?ticket=unknown"));

        String polled = ticket(anna);
        Answer opened = send("GET", POLLING + "&ticket=" + polled, "");
        assertEquals(200, opened.status(), opened::body);
        String session = POLLING + "&sid="
                + StreamClient.json(opened.body().substring(1)).getString("sid");
        // Its id is enough, as clients show nothing more with their later polls; and nobody can guess it.
        assertEquals(200, send("POST", session, "40").status());
        assertEquals(400, send("POST", session + "x", "1").status());
        String guessed = session.substring(0, session.lastIndexOf('.'));
        assertEquals(400, send("POST", guessed, "1").status());
        assertEquals(400, send("POST", guessed + ".", "1", bearer(anna)).status());
        assertEquals(400, handshake(guessed.replace("polling", "websocket")));
        assertEquals(401, send("GET", POLLING + "&ticket=" + polled, "").status());
        assertEquals(200, send("POST", session + "&ticket=" + polled, "1").status());
    }

    private static String ticket(String key) throws IOException {
        Answer answer = send("POST", "/api/tickets", "", bearer(key));
        assertEquals(201, answer.status(), answer::body);
        return answer.json().getString("ticket");
    }

    @Test
    @Order(3)
    void endsTheTicketsOfAKeyWithIt() throws Exception {
        JsonObject made = key("short", "\"signs\"", "");
        String key = made.getString("key");
        String ticket = ticket(key);
        assertEquals(
                204,
                send("DELETE", "/api/admin/keys/" + made.getString("id"), "", bearer(operator))
                        .status());
        assertEquals(401, send("GET", POLLING + "&ticket=" + ticket, "").status());
    }

    @Test
    @Order(3)
    void closesWhatIsOpenForAKeyThatIsRevoked() throws Exception {
        JsonObject made = key("leaver", "\"segmentation\",\"signs\",\"studio\"", "");
        String key = made.getString("key");
        List<String> pictures = new ArrayList<>();
        // One at a time: the last waits for its turn longer than the test takes.
        for (int i = 0; i < 6; i++) {
            pictures.add(
                    send("POST", "/api/text-to-image", "{\"prompt\":\"a red ball\",\"steps\":150}", JSON, bearer(key))
                            .json()
                            .getString("job_id"));
        }
        String job = pictures.remove(pictures.size() - 1);
        String ofWho = "the key was revoked or has expired";
        try (KeyProxy proxy = new KeyProxy(port, key);
                RawWebSocket camera = new RawWebSocket(URI.create("ws://127.0.0.1:" + proxy.port() + "/ws"), 0);
                RawWebSocket byTicket = new RawWebSocket(withTicket("/signs", key), 0);
                RawSocketIo io = RawSocketIo.joined(URI.create("ws://127.0.0.1:" + proxy.port() + RawSocketIo.PATH));
                RawWebSocket ofAnother = new RawWebSocket(withTicket("/ws", anna), 0)) {
            Iterator<String> events = follow("/api/jobs/" + job + "/events", "Authorization", "Bearer " + key);
            assertEquals(
                    "connected", StreamClient.json(ofAnother.nextData().text()).getString("type"));
            assertEquals(
                    204,
                    send("DELETE", "/api/admin/keys/" + made.getString("id"), "", bearer(operator))
                            .status());
            for (RawWebSocket client : List.of(camera, byTicket)) {
                RawWebSocket.Frame frame = client.nextData();
                while (frame.opcode() != RawWebSocket.CLOSE) {
                    frame = client.nextData();
                }
                assertEquals(1008, frame.closeCode());
                assertEquals(ofWho, frame.text().substring(2));
            }
            String packet = io.next();
            while (!packet.startsWith("42[\"error\"")) {
                packet = io.next();
            }
            assertEquals(ofWho, RawSocketIo.argument("error", packet).getString("message"));
            assertEquals("41", io.next());
            assertEquals(1000, io.closeCode());
            events.forEachRemaining(line -> {});
            assertFalse(
                    get("/api/jobs/" + job, operator).json().containsKey("finished_at"),
                    "The events have ended because the job has");
            ofAnother.send(RawWebSocket.text("malformed"));
            assertEquals("error", StreamClient.json(ofAnother.nextData().text()).getString("type"));
        } finally {
            assertEquals(
                    200,
                    send("POST", "/api/jobs/" + job + "/cancel", "", bearer(operator))
                            .status());
            for (String picture : pictures) {
                // Some are over.
                send("POST", "/api/jobs/" + picture + "/cancel", "", bearer(operator));
            }
        }
    }

    private static URI withTicket(String path, String key) throws IOException {
        return URI.create("ws://127.0.0.1:" + port + path + (path.contains("?") ? "&" : "?") + "ticket=" + ticket(key));
    }

    /** The lines of a stream of events, of which the first is there, to its end. */
    private static Iterator<String> follow(String path, String... header) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .version(HttpClient.Version.HTTP_1_1)
                                .header("Accept", "text/event-stream")
                                .headers(header)
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        assertEquals(200, answer.statusCode());
        Iterator<String> lines = answer.body().iterator();
        assertTrue(lines.hasNext(), "No event has come");
        return lines;
    }

    @Test
    @Order(3)
    void closesWhatIsOpenForWhoSignsOut() throws Exception {
        SignedInBrowser other = signIn();
        Iterator<String> console =
                follow("/api/admin/events", "Cookie", other.cookie().substring("Cookie: ".length()));
        Iterator<String> stillThere = follow("/api/admin/events", "Authorization", "Bearer " + operator);
        assertEquals(204, send("DELETE", "/api/session", "", other.cookie()).status());
        console.forEachRemaining(line -> {});
        assertTrue(stillThere.hasNext());
    }

    @Test
    @Order(3)
    void takesNothingFromForeignPagesThatACookieVouchesFor() throws Exception {
        String cookie = browser.cookie();
        String token = "X-CSRF-Token: " + browser.csrf();
        String own = "Origin: http://127.0.0.1:" + port;
        String key = "{\"name\":\"x\",\"role\":\"operator\"}";
        assertEquals(200, send("GET", "/api/admin/keys", "", cookie).status());
        assertEquals(403, send("POST", "/api/admin/keys", key, JSON, cookie).status());
        assertEquals(
                403, send("POST", "/api/admin/keys", key, JSON, cookie, own).status());
        assertEquals(
                403,
                send("POST", "/api/admin/keys", key, JSON, cookie, "X-CSRF-Token: wrong")
                        .status());
        assertEquals(
                201, send("POST", "/api/admin/keys", key, JSON, cookie, token).status());
        assertEquals(403, send("POST", "/api/tickets", "", cookie).status());
        assertEquals(403, send("POST", "/api/tickets", "", cookie, FOREIGN).status());
        assertEquals(201, send("POST", "/api/tickets", "", cookie, own).status());
        assertEquals(403, handshake("/ws", cookie));
        assertEquals(403, handshake("/ws", cookie, FOREIGN));
        assertEquals(101, handshake("/ws", cookie, own));
        Answer read = send("GET", "/api/admin/keys", "", cookie, FOREIGN);
        assertEquals(Optional.empty(), read.header("Access-Control-Allow-Credentials"));
        assertEquals(200, send("GET", "/admin/", "", cookie).status());
    }

    @Test
    @Order(3)
    void signsInAndOutAndWithAKey() throws Exception {
        SignedInBrowser other = signIn();
        assertFalse(other.cookie().equals(browser.cookie()));
        assertEquals(200, send("GET", "/api/session", "", other.cookie()).status());
        assertEquals(204, send("DELETE", "/api/session", "", other.cookie()).status());
        assertEquals(401, send("GET", "/api/admin/keys", "", other.cookie()).status());
        // A session's name is not one that the browser brings.
        String brought = "Cookie: OSPREY_SESSION=chosen-by-another";
        Answer answer = send("POST", "/api/session", "{\"key\":\"" + anna + "\"}", JSON, brought);
        assertEquals(200, answer.status());
        assertFalse(answer.header("Set-Cookie").orElseThrow().contains("chosen-by-another"));
        assertEquals(401, send("GET", "/api/session", "", brought).status());
        assertEquals("user", answer.json().getString("role"));
        assertEquals(
                401,
                send("POST", "/api/session", "{\"key\":\"" + revoked + "\"}", JSON)
                        .status());
        assertEquals(
                401,
                send("POST", "/api/session", "{\"key\":\"" + token("osprey-operator") + "\"}", JSON)
                        .status());
    }

    @Test
    @Order(3)
    void keepsTheCookieToTlsWhereTheRequestCameByIt() throws Exception {
        InetAddress proxy = InetAddress.getByName(PROXY);
        for (String header : List.of("X-Forwarded-Proto: https", "Forwarded: for=192.0.2.60;proto=https")) {
            assertTrue(cookieOf(proxy, header).endsWith("; Secure"), header);
            assertFalse(cookieOf(InetAddress.getLoopbackAddress(), header).contains("Secure"), header);
        }
        assertFalse(cookieOf(proxy, "X-Forwarded-Proto: http").contains("Secure"));
    }

    private static String cookieOf(InetAddress here, String header) throws IOException {
        Answer answer = sendFrom(
                here,
                "POST",
                "/api/session",
                "{\"key\":\"%s\"}".formatted(anna).getBytes(StandardCharsets.US_ASCII),
                JSON,
                header);
        assertEquals(200, answer.status(), answer::body);
        List<String> cookies = answer.head()
                .lines()
                .filter(line -> line.startsWith("Set-Cookie:"))
                .toList();
        assertEquals(1, cookies.size(), answer::head);
        return cookies.get(0);
    }

    private static String token(String... groups) throws IOException {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("one").build(),
                    new JWTClaimsSet.Builder()
                            .issuer(ISSUER)
                            .subject("4711")
                            .claim("groups", List.of(groups))
                            .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                            .build());
            token.sign(new ECDSASigner(issuer));
            return token.serialize();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IOException(e);
        }
    }

    @Test
    @Order(3)
    void takesTheIssuersTokens() throws Exception {
        String user = token("osprey-user");
        assertEquals(200, get("/api/jobs", user).status());
        assertEquals(101, handshake("/ws", bearer(user)));
        assertEquals(101, handshake("/ws", "Sec-WebSocket-Protocol: osprey, osprey.credential." + user));
        assertEquals(403, get("/api/admin/keys", user).status());
        assertEquals(403, handshake("/ws", bearer(token("osprey-studio"))));
        assertEquals(200, get("/api/admin/keys", token("osprey-operator")).status());
        assertEquals(
                401,
                get("/api/jobs", user.substring(0, user.length() - 8) + "AAAAAAAA")
                        .status());
    }

    @Test
    @Order(3)
    void holdsAKeyToItsLimits() throws Exception {
        String few =
                key("few", "\"segmentation\"", ",\"requests_per_minute\":3").getString("key");
        for (int i = 0; i < 3; i++) {
            assertEquals(200, get("/api/jobs", few).status());
        }
        Answer refused = get("/api/jobs", few);
        assertEquals(429, refused.status());
        int seconds = Integer.parseInt(refused.header("Retry-After").orElse("0"));
        assertTrue(seconds > 0 && seconds <= 60, refused::head);
        assertEquals(429, handshake("/ws", bearer(few)));
        assertEquals(200, get("/api/jobs", anna).status());

        String one = key("one", "\"segmentation\"", ",\"max_connections\":1").getString("key");
        try (KeyProxy proxy = new KeyProxy(port, one)) {
            URI address = URI.create("ws://127.0.0.1:" + proxy.port() + "/ws");
            try (RawWebSocket first = new RawWebSocket(address, 0)) {
                RawWebSocket.Frame greeting = first.nextData();
                assertFalse(greeting.opcode() == RawWebSocket.CLOSE, greeting::text);
                try (RawWebSocket second = new RawWebSocket(address, 0)) {
                    RawWebSocket.Frame frame = second.nextData();
                    while (frame.opcode() != RawWebSocket.CLOSE) {
                        frame = second.nextData();
                    }
                    assertEquals(1013, frame.closeCode());
                }
            }
        }
    }

    @Test
    @Order(3)
    void givesNobodyMoreForAnAddressThatIsSpelledOtherwise() throws Exception {
        List<String> got = new ArrayList<>();
        List<String> spelled = List.of(
                "/api//admin/keys",
                "//api/admin/keys",
                "/api/admin;x=1/keys",
                "/api;x=1/admin/keys",
                "/;x/api/admin/keys",
                "/api;x/cache/clear",
                "/api/%61dmin/keys",
                "/%61pi/admin/keys",
                "/API/admin/keys",
                "/api/Admin/keys",
                "/api/./admin/keys",
                "/api/x/../admin/keys",
                "/api/session/../admin/keys",
                "/api/session/..;/admin/keys",
                "/api/session/%2e%2e/admin/keys",
                "/api/session%2f..%2fadmin/keys",
                "/api/health/../admin/keys",
                "/css/../api/admin/keys",
                "/api/admin/keys/",
                "/api/admin/keys//",
                "/api/admin/keys;jsessionid=1",
                "/api/admin/keys.html",
                "/api/admin%2fkeys",
                "/api\\admin\\keys",
                "/api/%2561dmin/keys",
                "/api/models",
                "/api/%6dodels",
                "/api//models",
                "/api;/models/");
        for (String path : spelled) {
            for (String method : List.of("GET", "HEAD", "OPTIONS")) {
                for (String key : List.of("osp_wrong", anna)) {
                    for (String more : List.of("X-None: 1", "Upgrade: websocket", "X-Original-URL: /api/session")) {
                        Answer answer = send(method, path, "", bearer(key), more, "Connection: close");
                        if (answer.status() / 100 == 2
                                && (!method.equals("OPTIONS") || answer.body().contains("osp_"))) {
                            got.add(method + " " + path + " " + more + ": " + answer.status());
                        }
                    }
                }
            }
        }
        for (String override :
                List.of("X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE")) {
            Answer answer = send("POST", "/api/tickets", "", bearer(anna), override);
            assertEquals(201, answer.status(), override);
        }
        // What is no endpoint's is a request as any other, whatever it asks to become.
        for (String path :
                List.of("/api/cache/clear", "/api//cache/clear", "/api/cache;x/clear", "/api/%63ache/clear")) {
            Answer answer = send("POST", path, "", bearer(anna), "Upgrade: websocket", "Connection: Upgrade");
            if (answer.status() / 100 == 2) {
                got.add("POST " + path + ": " + answer.status());
            }
        }
        for (String path :
                List.of("/%77s", "/ws/", "/./ws", "/x/../ws", "/ws;x", "//ws", "/%73tream", "/signs/../stream")) {
            for (String key : List.of("osp_wrong", collector)) {
                int status = handshake(path, bearer(key));
                if (status == 101) {
                    got.add("WS " + path);
                }
            }
        }
        assertEquals(
                403,
                send("GET", "/metrics", "", bearer(anna), "Upgrade: websocket").status());
        assertEquals(
                403,
                send("GET", "/api/models-info", "", bearer(collector), "Upgrade: websocket")
                        .status());
        assertEquals(List.of(), got);
    }

    @Test
    @Order(4)
    void servesTheClientsOfAllProtocols() throws Exception {
        Python python = Python.with("socketio, requests, websockets, cv2", "src/test/python/requirements.txt");
        try (KeyProxy proxy = new KeyProxy(port, anna)) {
            String http = "http://127.0.0.1:" + proxy.port();
            String webSocket = "ws://127.0.0.1:" + proxy.port();
            for (List<String> arguments : List.of(
                    List.of("signs_client.py", http, PICTURE, "--frames", "5", "--transports", "polling"),
                    List.of("signs_client.py", http, PICTURE, "--frames", "5", "--transports", "websocket"),
                    List.of("studio_client.py", http, "--only", "4", "5", "11"),
                    List.of(
                            "fingerspelling_client.py",
                            webSocket + "/",
                            PICTURE,
                            Requires.existing("the photograph of a hand", java.nio.file.Path.of(HAND))
                                    .toString()),
                    List.of("referee_client.py", webSocket, BOUT + ".mp4", BOUT + ".txt", "--session", "of-anna"))) {
                List<String> all = new ArrayList<>(arguments);
                all.set(0, "src/test/python/" + arguments.get(0));
                long begin = System.nanoTime();
                Python.Run run = python.run(all);
                assertEquals(0, run.status(), () -> arguments + "\n" + run.output());
                assertFalse(run.output().contains("\"ok\": false"), run::output);
                System.out.printf("%s: %d ms%n", arguments.get(0), (System.nanoTime() - begin) / 1_000_000);
            }
            try (StreamClient camera = StreamClient.greeted(URI.create(webSocket + "/ws"))) {
                StreamClient.Arrival.Message unused =
                        camera.segment(Files.readAllBytes(java.nio.file.Path.of("src/main/webapp/samples/world.jpg")));
            }
        }
        assertEquals(
                List.of(),
                jobs(bert).stream()
                        .filter(job -> job.toString().contains("of-anna"))
                        .toList());
    }

    @Test
    @Order(5)
    void letsPeopleInByPasswordAndByKey() throws Exception {
        try (Chromium chromium = Chromium.withRefusedCamera()) {
            chromium.look(1280, 1000, "light");
            chromium.visit(server.http("/admin/#keys"));
            chromium.until("the console asks who is there", () -> isAtTheEntrance(chromium));
            enter(chromium, "not-this-one");
            chromium.until("it is not the password", () -> chromium.notices()
                    .equals("Name and password do not belong together."));
            chromium.element("entered").clear();
            enter(chromium, password);
            untilLive(chromium);
            chromium.until(
                    "the keys are there",
                    () -> chromium.element("keys").getText().contains("anna"));

            String other = "another one, and long enough";
            chromium.find("button", "Change password").click();
            chromium.element("current").sendKeys(password);
            chromium.element("chosen").sendKeys(other);
            chromium.element("again").sendKeys(other);
            chromium.find("button", "Change it").click();
            chromium.until(
                    "it is changed", () -> chromium.element("told").getText().equals("The password is changed."));
            assertEquals(401, send("GET", "/api/session", "", browser.cookie()).status());
            // With its new session the console goes on.
            chromium.visit(server.http("/admin/#settings"));
            untilLive(chromium);
            chromium.visit(server.http("/"));
            untilConnected(chromium);

            chromium.visit(server.http("/admin/"));
            untilLive(chromium);
            chromium.find("button", "Sign out").click();
            chromium.until("the console is left", () -> isAtTheEntrance(chromium));
            enter(chromium, password);
            chromium.until("the old password is none any more", () -> chromium.notices()
                    .equals("Name and password do not belong together."));
            password = other;
            browser = signIn();

            chromium.visit(server.http("/"));
            chromium.until("the page asks who is there", () -> isAtTheEntrance(chromium));
            chromium.radio("Sign in with", "Key").click();
            chromium.element("key").sendKeys(revoked, Keys.ENTER);
            chromium.until("the key is none", () -> chromium.notices().startsWith("This key is not accepted"));
            chromium.element("key").clear();
            chromium.element("key").sendKeys(anna, Keys.ENTER);
            untilConnected(chromium);
            chromium.visit(server.http("/admin/"));
            chromium.until("the console is for operators", () -> isAtTheEntrance(chromium));
        }
    }

    private static boolean isAtTheEntrance(Chromium chromium) {
        return chromium.holds("location.pathname.endsWith('/admin/sign-in.html')");
    }

    private static void enter(Chromium chromium, String typed) {
        chromium.element("name").clear();
        chromium.element("name").sendKeys("operator");
        chromium.element("entered").sendKeys(typed, Keys.ENTER);
    }

    private static void untilLive(Chromium chromium) {
        chromium.until(
                "the console is live",
                () -> chromium.holds("document.getElementById('status')?.textContent === 'Live'"));
    }

    private static void untilConnected(Chromium chromium) {
        chromium.until(
                "the page is connected",
                () -> chromium.holds(
                        "document.querySelector('[role=status]')?.textContent === 'Connected, waiting for a source'"));
    }

    /** The last: nobody signs in after it from here. */
    @Test
    @Order(6)
    void holdsOffWhoeverGuessesPasswordsAndWritesItDown() throws Exception {
        String guess = "{\"name\":\"operator\",\"password\":\"guessed\"}";
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    401,
                    send("POST", "/api/session", guess, JSON, "X-Forwarded-For: 10.0.0." + i)
                            .status());
        }
        Answer held = send("POST", "/api/session", guess.replace("guessed", password), JSON);
        assertEquals(429, held.status());
        assertTrue(Integer.parseInt(held.header("Retry-After").orElse("0")) > 800, held::head);
        assertEquals(200, send("GET", "/api/admin/keys", "", browser.cookie()).status());

        List<JsonValue> audit =
                get("/api/admin/audit?limit=500", operator).json().getJsonArray("entries");
        // Those of the browser, and of here: five and the one that was held off.
        assertEquals(
                2 + 6,
                audit.stream()
                        .map(JsonValue::asJsonObject)
                        .filter(entry -> entry.getString("action").equals("sign-in")
                                && entry.getString("outcome").equals("refused"))
                        .mapToInt(entry -> entry.getInt("times"))
                        .sum());
        List<String> entries = audit.stream()
                .map(entry -> "%s %s %s %s"
                        .formatted(
                                entry.asJsonObject().getString("who"),
                                entry.asJsonObject().getString("action"),
                                entry.asJsonObject().getString("subject"),
                                entry.asJsonObject().getString("outcome")))
                .toList();
        assertTrue(entries.contains("operator sign-in /admin/ done"), entries::toString);
        assertTrue(entries.contains("operator sign-in /admin/ refused"), entries::toString);
        assertTrue(entries.contains("operator POST /api/admin/keys done"), entries::toString);
        assertTrue(entries.contains("anna GET /api/admin/keys refused"), entries::toString);
        assertFalse(server.log().contains(anna) || server.log().contains(operator), "A key is in the log");
    }
}
