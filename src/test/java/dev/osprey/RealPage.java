package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** A page of the real server in a real Chromium, and what is asked of every page. */
@SharesServer
abstract class RealPage extends RealServer {

    private static final Path SCREENSHOTS = Path.of(System.getProperty("osprey.screenshots", "target/screenshots"));

    // A field, because Arquillian lays claim to every parameter.
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    /** Opened before the first test of each class. */
    @SuppressWarnings("NullAway.Init")
    static Chromium chromium;

    /** Where the page is. */
    abstract String path();

    /** Starts a source and waits until its frames are answered. */
    abstract void start();

    /** The page's state from then on. */
    abstract String working();

    /** @param still what the camera sees, swaying a little */
    static void openWithCamera(Path still) throws IOException {
        Path clip = folder.resolve("camera.mjpeg");
        CameraClip.write(still, clip);
        chromium = Chromium.withCamera(clip);
        chromium.watchSocketsAndCameras();
    }

    @AfterAll
    static void closeChromium() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openThePageAsNew() {
        chromium.look(1280, 1000, "light");
        chromium.withoutMemory(this::open);
    }

    @AfterEach
    void leavesTheConsoleWithoutErrors() {
        assertEquals(List.of(), chromium.errors());
    }

    void open() {
        chromium.visit(http(path()));
        chromium.until("the page is connected", () -> chromium.status().equals("Connected, waiting for a source"));
    }

    static void breakTheConnection() {
        breakTheConnection("state", "");
    }

    /**
     * @param id of an element
     * @param text that it has while the page reconnects, a part of it at least
     */
    static void breakTheConnection(String id, String text) {
        untilItReconnects(id, text, "witness.sockets.at(-1).close()");
    }

    /** @param script that breaks the connection */
    static void untilItReconnects(String id, String text, String script) {
        chromium.once("the page says that it reconnects", """
                document.getElementById('status').textContent.startsWith('Reconnecting (attempt 1 of 5)')
                  && document.getElementById('%s').textContent.includes('%s')""".formatted(id, text), () -> chromium.run(script));
    }

    @Test
    void givesUpOnAServerThatIsGoneUntilAskedAgain() {
        start();
        chromium.run("""
            Object.assign(witness, { isGone: true, secondMillis: 10 });
            witness.sockets.at(-1).close();
            """);
        chromium.until("the page gives up", () -> chromium.status().equals("Not connected, gave up after 5 attempts"));
        chromium.until("the page says so", () -> chromium.notices().contains("No connection to the server."));
        // What the browser itself logs about the addresses where nobody answered.
        assertEquals(5, chromium.errors(5).size());
        chromium.run("Object.assign(witness, { isGone: false, secondMillis: 1_000 })");
        chromium.find("button", "Connect again").click();
        chromium.until("the page works again", () -> chromium.status().equals(working()));
        assertEquals("", chromium.notices());
    }

    @Test
    void remembersTheThemeThatWasChosen() {
        WebElement button = chromium.find("button", "Dark theme");
        String light = chromium.paper();
        button.click();
        String dark = chromium.paper();
        assertNotEquals(light, dark);
        assertEquals("true", button.getDomAttribute("aria-pressed"));
        open();
        assertEquals(dark, chromium.paper());
        chromium.find("button", "Dark theme").click();
        assertEquals(light, chromium.paper());
    }

    static void fitsATelephoneInBothThemes() {
        for (String scheme : List.of("light", "dark")) {
            chromium.look(375, 812, scheme);
            chromium.untilItFits();
        }
    }

    static void photograph(String name, int width, int height) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            chromium.look(width, height, scheme);
            chromium.photograph(SCREENSHOTS.resolve("%s-%s.png".formatted(name, scheme)));
        }
    }

    static void stop() {
        chromium.find("button", "Stop").click();
        chromium.until("the page says so", () -> chromium.status().equals("Connected, waiting for a source"));
        assertTrue(chromium.holds(
                "witness.tracks.length > 0 && witness.tracks.every((each) => each.readyState === 'ended')"));
    }
}
