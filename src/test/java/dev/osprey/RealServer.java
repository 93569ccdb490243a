package dev.osprey;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A test class against the built WAR in a Payara Micro of its own, started before its first test, or in one that it {@linkplain
 * SharesServer shares}; or, where {@link #ELSEWHERE} is set, against one that runs already at {@code osprey.server.port} and writes
 * its log to {@code osprey.server.log}.
 */
public abstract class RealServer {

    /** The system property that says so. */
    static final String ELSEWHERE = "osprey.test.elsewhere";

    @RegisterExtension
    static final Extension CONTAINER = Boolean.getBoolean(ELSEWHERE) ? new Extension() {} : new ServerOfClasses();

    private static final int PORT = Integer.getInteger("osprey.server.port", 0);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static String operatorKey = "";

    @Deployment(testable = false)
    public static WebArchive osprey() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("osprey.war")));
    }

    @BeforeEach
    void waitUntilReady() throws Exception {
        await("The server is ready", () -> get("/health/ready").statusCode() == 200);
    }

    /** Asks again and again, for a minute. */
    public static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, 1, condition);
    }

    /** Asks again and again. */
    static void await(String what, int minutes, Callable<Boolean> condition) throws Exception {
        long giveUpNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        while (!condition.call()) {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new AssertionError("Not within %d minutes: %s".formatted(minutes, what));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    protected static URI http(String path) {
        return URI.create("http://127.0.0.1:" + PORT + path);
    }

    protected static URI webSocket(String path) {
        return URI.create("ws://127.0.0.1:" + PORT + path);
    }

    /** @param headers names and values in turn */
    protected static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    /** @param headers names and values in turn */
    protected static HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(http(path)).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /**
     * Has a model served, as an operator does.
     *
     * @param body such as <code>{"version": 2}</code>
     */
    protected static HttpResponse<String> serve(String model, String body) throws IOException, InterruptedException {
        return operate("PUT", "/api/models/" + model, body, "Content-Type", "application/json");
    }

    /** As {@link #send}, as an operator. */
    protected static HttpResponse<String> operate(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + operatorKey();
        return send(method, path, body, all);
    }

    /** An operator's key, made by whoever asks first, who signs in for it. */
    protected static synchronized String operatorKey() throws IOException, InterruptedException {
        if (operatorKey.isEmpty()) {
            String json = "application/json";
            HttpResponse<String> signedIn = send(
                    "POST",
                    "/api/session",
                    "{\"name\":\"operator\",\"password\":\"an-operator-of-the-tests\"}",
                    "Content-Type",
                    json);
            if (signedIn.statusCode() != 200) {
                throw new AssertionError(signedIn.body());
            }
            String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
            HttpResponse<String> made = send(
                    "POST",
                    "/api/admin/keys",
                    "{\"name\":\"tests\",\"role\":\"operator\"}",
                    "Content-Type",
                    json,
                    "Cookie",
                    cookie.substring(0, cookie.indexOf(';')),
                    "X-CSRF-Token",
                    StreamClient.json(signedIn.body()).getString("csrf"));
            if (made.statusCode() != 201) {
                throw new AssertionError(made.body());
            }
            operatorKey = StreamClient.json(made.body()).getString("key");
        }
        return operatorKey;
    }

    /** Has a version of a model served, which must work. */
    protected static void serve(String model, int version) throws IOException, InterruptedException {
        HttpResponse<String> answer = serve(model, "{\"version\":" + version + "}");
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.body());
        }
    }

    /** Open streams, as {@code /health} counts them. */
    protected static int activeConnections() throws IOException, InterruptedException {
        return StreamClient.json(get("/health").body()).getInt("active_connections");
    }

    /** Who a capability counts as connected, in the metrics. */
    protected static double connections(String capability) throws IOException, InterruptedException {
        return sum("application", "osprey_connections{capability=\"" + capability + "\"");
    }

    /** A metric, summed over its tags. */
    protected static double metric(String scope, String name) throws IOException, InterruptedException {
        return sum(scope, name + "{");
    }

    private static double sum(String scope, String beginning) throws IOException, InterruptedException {
        return get("/metrics?scope=" + scope)
                .body()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .collect(Collectors.summingDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))));
    }

    /** Entries of the server's log so far. */
    protected static List<String> logged() {
        return ServerProcess.log();
    }

    /** Warnings and errors of Osprey itself in the log from the given entry on. */
    protected static List<String> ospreysWarnings(int from) {
        return warnings(from, "dev.osprey.");
    }

    /**
     * Warnings and errors in the log from the given entry on.
     *
     * @param loggers how the names begin of those that are asked for
     */
    protected static List<String> warnings(int from, String... loggers) {
        return ServerProcess.warnings(from).stream()
                .filter(entry -> Stream.of(loggers).anyMatch(logger -> entry.contains("] [] [" + logger)))
                .toList();
    }

    /** @param residentMib 0 where the system does not say */
    public record Memory(long heapMib, long residentMib) {}

    /** What the server holds once all garbage is collected. */
    protected static Memory memory() throws IOException, InterruptedException {
        ServerProcess server = ServerProcess.find();
        server.collectGarbage();
        long heapMib = (long) metric("base", "memory_usedHeap_bytes") >> 20;
        return new Memory(heapMib, server.residentMib().orElse(0));
    }
}
