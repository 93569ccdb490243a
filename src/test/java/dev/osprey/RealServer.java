package dev.osprey;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test class against the built WAR in a Payara Micro of its own, started before its first test. */
@ExtendWith(ArquillianExtension.class)
public abstract class RealServer {

    private static final int PORT = Integer.getInteger("osprey.server.port", 0);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Deployment(testable = false)
    public static WebArchive osprey() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("osprey.war")));
    }

    @BeforeEach
    void waitUntilReady() throws Exception {
        for (int attempt = 0; get("/health/ready").statusCode() != 200; attempt++) {
            if (attempt == 600) {
                throw new IllegalStateException("The server is not ready after a minute");
            }
            TimeUnit.MILLISECONDS.sleep(100);
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
        HttpRequest.Builder request = HttpRequest.newBuilder(http(path)).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
