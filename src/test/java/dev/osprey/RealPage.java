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
        open();
        chromium.run("localStorage.clear()");
        open();
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
        chromium.run("witness.sockets.at(-1).close()");
        chromium.until("the page says that it reconnects", () -> chromium.status()
                .startsWith("Reconnecting (attempt 1 of 5)"));
    }

    @Test
    void givesUpOnAServerThatIsGoneUntilAskedAgain() throws IOException {
        start();
        chromium.run(
                "witness.elsewhere = arguments[0]; witness.sockets.at(-1).close()", "ws://127.0.0.1:" + unusedPort());
        chromium.until("the page gives up", () -> chromium.status().equals("Not connected, gave up after 5 attempts"));
        assertTrue(chromium.notices().contains("No connection to the server."), chromium.notices());
        // What the browser itself logs about the addresses where nobody answered.
        assertEquals(5, chromium.errors().size());
        chromium.run("witness.elsewhere = null");
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
            assertTrue(chromium.fits());
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
