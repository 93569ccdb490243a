package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Seen.Colour;
import dev.osprey.Seen.Spot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real Chromium, with a camera that sees the portrait of the samples. */
class PageIT extends RealServer {

    /** Where the person is in the camera's picture, and where not; all of even colour. */
    private static final List<Spot> PERSON = List.of(new Spot(0.5, 0.4), new Spot(0.3, 0.95), new Spot(0.75, 0.95));

    private static final List<Spot> BACKGROUND =
            List.of(new Spot(0.95, 0.08), new Spot(0.03, 0.1), new Spot(0.95, 0.5));
    private static final Spot FACE = PERSON.get(0);

    private static final Colour PERSON_COLOUR = new Colour(128, 0, 0);
    private static final Colour BLACK = new Colour(0, 0, 0);

    private static final Path SCREENSHOTS = Path.of(System.getProperty("osprey.screenshots", "target/screenshots"));

    /** Lets a test see the page's sockets and cameras, break the first and send the next ones elsewhere. */
    private static final String WITNESS = """
        window.witness = { sockets: [], tracks: [], elsewhere: null };
        window.WebSocket = class extends WebSocket {
          constructor(address) {
            super(witness.elsewhere ?? address);
            witness.sockets.push(this);
          }
        };
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          const media = await open(wanted);
          witness.tracks.push(...media.getTracks());
          return media;
        };
        """;

    // A field, because Arquillian lays claim to every parameter.
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Chromium chromium;

    @BeforeAll
    static void openChromium() throws IOException {
        Path clip = folder.resolve("camera.mjpeg");
        CameraClip.write(clip);
        chromium = Chromium.withCamera(clip);
        chromium.prepend(WITNESS);
    }

    @AfterAll
    static void closeChromium() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openThePage() {
        chromium.look(1280, 1000, "light");
        chromium.visit(http("/"));
        chromium.run("localStorage.clear()");
        chromium.until("the page is connected", () -> chromium.status().equals("Connected, waiting for a source"));
    }

    @AfterEach
    void leavesTheConsoleWithoutErrors() {
        assertEquals(List.of(), chromium.errors());
    }

    @Test
    void coloursThePersonBeforeTheCameraAndOnlyDarkensTheBackground() {
        startCamera();
        for (Spot spot : PERSON) {
            sees(spot, seen -> seen.isFilledWith(PERSON_COLOUR, 0.6));
        }
        for (Spot spot : BACKGROUND) {
            sees(spot, seen -> seen.isFilledWith(BLACK, 0.6));
        }
        chromium.until(
                "the person is named", () -> result("dataset.detectedClasses").equals("person"));
        assertEquals("Streaming", chromium.status());
    }

    @Test
    void playsTheSample() {
        chromium.find("button", "Play the sample").click();
        framesComeBack();
        assertEquals("640", result("width"));
        // The sample's camera drifts and zooms, but never leaves the face.
        sees(new Spot(0.5, 0.5), seen -> seen.isFilledWith(PERSON_COLOUR, 0.6));
        assertTrue(chromium.radio("Source", "Sample").isSelected());
    }

    @Test
    void takesAPictureFromDisk() {
        chromium.radio("Source", "Picture or clip").click();
        chromium.find("file", "File from this device")
                .sendKeys(CameraClip.PORTRAIT.toAbsolutePath().toString());
        chromium.find("button", "Start").click();
        framesComeBack();
        assertEquals("512", result("width"));
        assertEquals("600", result("height"));
        sees(new Spot(0.5, 0.26), seen -> seen.isFilledWith(PERSON_COLOUR, 0.6));
        sees(new Spot(0.95, 0.08), seen -> seen.isFilledWith(BLACK, 0.6));
    }

    @Test
    void saysOfAFileThatIsNoPictureWhatItCanRead() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "No picture");
        chromium.radio("Source", "Picture or clip").click();
        chromium.find("file", "File from this device").sendKeys(file.toString());
        chromium.find("button", "Start").click();
        chromium.until("the page explains", () -> chromium.notices().contains("cannot read “notes.txt”"));
        assertTrue(chromium.shows("button", "Start"));
    }

    @Test
    void changesToEveryMode() {
        startCamera();
        for (String mode : List.of("Fast", "Accurate", "SOTA", "Balanced")) {
            chromium.radio("Mode", mode).click();
            chromium.until("pictures come back in the mode " + mode, () -> result("dataset.modelMode")
                    .equalsIgnoreCase(mode));
            assertTrue(chromium.radio("Mode", mode).isSelected());
        }
    }

    @Test
    void drawsSideBySideInTwiceTheWidth() {
        startCamera();
        render("Side by side");
        chromium.until("the picture has twice the width", () -> result("width").equals("1280"));
        render("Filled");
        chromium.until("the picture has its own width", () -> result("width").equals("640"));
    }

    @Test
    void drawsContoursAndLeavesWhatIsInsideThem() {
        startCamera();
        render("Contour");
        sees(FACE, Seen::isUnchanged);
        sees(BACKGROUND.get(0), Seen::isUnchanged);
        assertFalse(chromium.find("slider", "Opacity").isEnabled());
    }

    @Test
    void blendsByGivingThePersonTheHueOfItsColour() {
        startCamera();
        render("Blend");
        // Red has the hue 0: as bright as before, and green as much as blue.
        sees(FACE, seen -> {
            Colour input = seen.input();
            return seen.result().isNear(new Colour(input.red(), input.blue(), input.blue()));
        });
        sees(BACKGROUND.get(0), Seen::isUnchanged);
    }

    @Test
    void drawsAsOpaqueAsTheSliderSays() {
        startCamera();
        WebElement slider = chromium.find("slider", "Opacity");
        slider.sendKeys(Keys.END);
        sees(FACE, seen -> seen.result().isNear(PERSON_COLOUR));
        slider.sendKeys(Keys.HOME);
        sees(FACE, Seen::isUnchanged);
    }

    @Test
    void drawsOnlyTheClassesThatAreTicked() {
        startCamera();
        WebElement person = classBox("person");
        person.click();
        sees(FACE, seen -> seen.isFilledWith(BLACK, 0.6));
        person.click();
        sees(FACE, seen -> seen.isFilledWith(PERSON_COLOUR, 0.6));
    }

    @Test
    void showsWhatTheStreamIsLikeInNumbers() {
        startCamera();
        for (String term : List.of("Frames/s", "Latency", "Server", "Up", "Down", "Run")) {
            chromium.until(term + " is more than 0", () -> value(term) > 0);
        }
        assertTrue(value("Dropped frames") >= 0);
        String served = (String) chromium.run("return document.getElementById('served-by').textContent");
        assertTrue(String.valueOf(served).startsWith("Served by person, version "), served);
    }

    @Test
    void stopLetsTheCameraGo() {
        startCamera();
        chromium.find("button", "Stop").click();
        chromium.until("the page says so", () -> chromium.status().equals("Connected, waiting for a source"));
        assertTrue(chromium.holds(
                "witness.tracks.length > 0 && witness.tracks.every((each) => each.readyState === 'ended')"));
        String shown = result("dataset.framesShown");
        // The numbers look back over three seconds, in which no other picture has come.
        chromium.until("there are no numbers any more", () -> chromium.figure("Frames/s")
                .equals("–"));
        assertEquals(shown, result("dataset.framesShown"));
        startCamera();
    }

    @Test
    void explainsWhatToDoWhenTheCameraIsRefused() {
        try (Chromium refusing = Chromium.withRefusedCamera()) {
            refusing.visit(http("/"));
            refusing.find("button", "Start").click();
            refusing.until("the page explains", () -> refusing.notices().contains("The camera was refused."));
            assertTrue(refusing.notices().contains("Allow the camera for this page"), refusing.notices());
            assertTrue(refusing.shows("button", "Start"));
        }
    }

    @Test
    void reconnectsByItselfAndKeepsTheSettings() {
        startCamera();
        chromium.radio("Mode", "Fast").click();
        render("Side by side");
        chromium.until(
                "the settings are in force",
                () -> result("width").equals("1280")
                        && result("dataset.modelMode").equals("fast"));
        chromium.run("witness.sockets.at(-1).close()");
        chromium.until("the page says that it reconnects", () -> chromium.status()
                .startsWith("Reconnecting (attempt 1 of 5)"));
        chromium.until("the page streams again", () -> chromium.status().equals("Streaming"));
        framesComeBack();
        chromium.until(
                "the settings are in force again",
                () -> result("width").equals("1280")
                        && result("dataset.modelMode").equals("fast"));
        assertEquals(2, chromium.number("witness.sockets.length"));
    }

    @Test
    void givesUpOnAServerThatIsGoneUntilAskedAgain() throws IOException {
        startCamera();
        chromium.run(
                "witness.elsewhere = arguments[0]; witness.sockets.at(-1).close()", "ws://127.0.0.1:" + unusedPort());
        chromium.until("the page gives up", () -> chromium.status().equals("Not connected, gave up after 5 attempts"));
        assertTrue(chromium.notices().contains("No connection to the server."), chromium.notices());
        // What the browser itself logs about the addresses where nobody answered.
        assertEquals(5, chromium.errors().size());
        chromium.run("witness.elsewhere = null");
        chromium.find("button", "Connect again").click();
        chromium.until("the page streams again", () -> chromium.status().equals("Streaming"));
        assertEquals("", chromium.notices());
    }

    @Test
    void worksByKeyboardAlone() {
        chromium.tabTo("Webcam");
        chromium.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertEquals("Sample", chromium.focused());
        chromium.tabTo("Start");
        chromium.press(Keys.ENTER);
        framesComeBack();
        // The button changed its name under the finger and kept the focus.
        assertEquals("Stop", chromium.focused());
        chromium.tabTo("Filled");
        chromium.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertEquals("Side by side", chromium.focused());
        chromium.until("the picture has twice the width", () -> result("width").equals("1280"));
        chromium.tabTo("person");
        chromium.press(Keys.SPACE);
        assertFalse(classBox("person").isSelected());
    }

    @Test
    void fitsATelephone() {
        for (String scheme : List.of("light", "dark")) {
            chromium.look(375, 812, scheme);
            assertTrue(chromium.holds("document.scrollingElement.scrollWidth <= innerWidth"));
        }
        startCamera();
        chromium.find("img", "Segmented picture");
        assertTrue(chromium.holds("document.scrollingElement.scrollWidth <= innerWidth"));
    }

    @Test
    void remembersTheThemeThatWasChosen() {
        WebElement button = chromium.find("button", "Dark theme");
        Object light = paper();
        button.click();
        Object dark = paper();
        assertNotEquals(light, dark);
        assertEquals("true", button.getDomAttribute("aria-pressed"));
        chromium.visit(http("/"));
        assertEquals(dark, paper());
        chromium.find("button", "Dark theme").click();
        assertEquals(light, paper());
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        chromium.look(1280, 1104, "light");
        startCamera();
        chromium.until("the chart has something to show", () -> Integer.parseInt(result("dataset.framesShown")) > 150);
        chromium.photograph(SCREENSHOTS.resolve("stream-light.png"));
        chromium.look(1280, 1104, "dark");
        framesComeBack();
        chromium.photograph(SCREENSHOTS.resolve("stream-dark.png"));
    }

    private static void startCamera() {
        chromium.find("button", "Start").click();
        framesComeBack();
    }

    /** Some frames from now on, so that what was set before is on the picture. */
    private static void framesComeBack() {
        int before = Integer.parseInt(result("dataset.framesShown"));
        chromium.until("frames come back", () -> Integer.parseInt(result("dataset.framesShown")) >= before + 5);
    }

    private static void render(String rendering) {
        chromium.radio("Rendering", rendering).click();
    }

    /** Its name is followed by “in view” while it is. */
    private static WebElement classBox(String name) {
        return chromium.find("checkbox", name);
    }

    private static void sees(Spot spot, Predicate<Seen> expected) {
        WebElement input = chromium.find("img", "Input picture");
        WebElement result = chromium.find("img", "Segmented picture");
        chromium.until(spot + " looks as it should", () -> expected.test(Seen.at(spot, input, result, chromium)));
    }

    /** @param property of the canvas with the answer */
    private static String result(String property) {
        return String.valueOf(chromium.run("return document.getElementById('result')." + property));
    }

    /** The number in front of the unit, 0 where there is none yet. */
    private static double value(String term) {
        String number = chromium.figure(term).replaceAll("[^0-9.].*", "");
        return number.isEmpty() ? 0 : Double.parseDouble(number);
    }

    private static Object paper() {
        return String.valueOf(chromium.run("return getComputedStyle(document.body).backgroundColor"));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
