package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Seen.Colour;
import dev.osprey.Seen.Spot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real Chromium, with a camera that sees the still of the samples. */
class PageIT extends RealPage {

    private static final Spot TABLE = World.inside("table");
    private static final Spot BACKGROUND = World.inside("background");

    @BeforeAll
    static void openChromium() throws IOException {
        openWithCamera(World.STILL);
    }

    @Override
    String path() {
        return "/";
    }

    @Override
    void start() {
        startCamera();
    }

    @Override
    String working() {
        return "Streaming";
    }

    @Test
    void coloursTheTableBeforeTheCameraAndOnlyDarkensTheBackground() {
        startCamera();
        sees(TABLE, seen -> seen.isFilledWith(World.TABLE, 0.6));
        sees(BACKGROUND, seen -> seen.isFilledWith(World.BLACK, 0.6));
        chromium.until(
                "the table is named",
                () -> List.of(result("dataset.detectedClasses").split(",")).contains("table"));
        assertEquals("Streaming", chromium.status());
    }

    @Test
    void playsTheSampleInEveryMode() {
        chromium.find("button", "Play the sample").click();
        framesComeBack();
        assertTrue(chromium.radio("Source", "Sample").isSelected());
        for (String mode : List.of("Fast", "Accurate", "SOTA", "Balanced")) {
            chromium.radio("Mode", mode).click();
            chromium.until("pictures come back in the mode " + mode, () -> result("dataset.modelMode")
                    .equalsIgnoreCase(mode));
            String before = picture("Segmented picture");
            framesComeBack();
            assertNotEquals(before, picture("Segmented picture"));
        }
        assertEquals("640", result("width"));
        assertEquals("480", result("height"));
    }

    @Test
    void letsTheServerChooseTheModeAndShowsWhy() {
        startCamera();
        chromium.radio("Mode", "Fast").click();
        chromium.until("the mode is fast", () -> result("dataset.modelMode").equals("fast"));
        WebElement wanted = chromium.element("wanted");
        assertFalse(wanted.isDisplayed());
        chromium.once(
                "the server chooses",
                "document.getElementById('moved').textContent === 'Fast now. To hold 15 frames a second.'",
                () -> chromium.radio("Mode", "Auto").click());
        assertTrue(chromium.radio("Mode", "Auto").isSelected());
        // One frame a second, which leaves time for the next better mode on any machine.
        wanted.sendKeys(Keys.chord(Keys.CONTROL, "a"), "1", Keys.ENTER);
        chromium.until("the server has moved", () -> moved().matches(
                        "(Balanced|Accurate) now\\. .* frames a second wanted were possible.*"));
        assertTrue(chromium.radio("Mode", "Auto").isSelected());
        chromium.until("pictures come back in a better mode", () -> !result("dataset.modelMode")
                .equals("fast"));
        chromium.radio("Mode", "Fast").click();
        chromium.until(
                "the mode is fast again", () -> result("dataset.modelMode").equals("fast") && moved().isEmpty());
    }

    /** What the server chose and why. */
    private static String moved() {
        return String.valueOf(chromium.run("return document.getElementById('moved').textContent"));
    }

    @Test
    void saysWhatTheShippedModelsKnow() {
        WebElement note = chromium.element("world-note");
        assertTrue(note.isDisplayed());
        assertTrue(note.getText().contains("models/README.md"), note.getText());
    }

    @Test
    void takesAPictureFromDisk() throws IOException {
        Path square = folder.resolve("square.png");
        int side = 480;
        int left = (640 - side) / 2;
        ImageIO.write(ImageIO.read(World.STILL.toFile()).getSubimage(left, 0, side, side), "png", square.toFile());
        chromium.radio("Source", "Picture or clip").click();
        chromium.find("file", "File from this device").sendKeys(square.toString());
        chromium.find("button", "Start").click();
        framesComeBack();
        assertEquals("480", result("width"));
        assertEquals("480", result("height"));
        sees(new Spot((TABLE.x() * 640 - left) / side, TABLE.y()), seen -> seen.isFilledWith(World.TABLE, 0.6));
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
        sees(TABLE, Seen::isUnchanged);
        sees(BACKGROUND, Seen::isUnchanged);
        assertFalse(chromium.find("slider", "Opacity").isEnabled());
    }

    @Test
    void blendsByGivingTheTableTheHueOfItsColour() {
        startCamera();
        render("Blend");
        // Red has the hue 0: red as bright as the brightest was, green and blue as dark as the darkest.
        sees(TABLE, seen -> {
            Colour input = seen.input();
            int brightest = Math.max(input.red(), Math.max(input.green(), input.blue()));
            int darkest = Math.min(input.red(), Math.min(input.green(), input.blue()));
            return seen.result().isNear(new Colour(brightest, darkest, darkest));
        });
        sees(BACKGROUND, Seen::isUnchanged);
    }

    @Test
    void drawsAsOpaqueAsTheSliderSays() {
        startCamera();
        WebElement slider = chromium.find("slider", "Opacity");
        slider.sendKeys(Keys.END);
        sees(TABLE, seen -> seen.result().isNear(World.TABLE));
        slider.sendKeys(Keys.HOME);
        sees(TABLE, Seen::isUnchanged);
    }

    @Test
    void drawsOnlyTheClassesThatAreTicked() {
        startCamera();
        WebElement table = classBox("table");
        table.click();
        sees(TABLE, seen -> seen.isFilledWith(World.BLACK, 0.6));
        table.click();
        sees(TABLE, seen -> seen.isFilledWith(World.TABLE, 0.6));
    }

    @Test
    void showsWhatTheStreamIsLikeInNumbers() {
        startCamera();
        for (String term : List.of("Frames/s", "Latency", "Server", "Up", "Down", "Run")) {
            chromium.until(term + " is more than 0", () -> value(term) > 0);
        }
        assertTrue(value("Dropped frames") >= 0);
        String served = (String) chromium.run("return document.getElementById('served-by').textContent");
        assertTrue(String.valueOf(served).startsWith("Served by balanced, version "), served);
    }

    @Test
    void stopLetsTheCameraGo() {
        startCamera();
        stop();
        // A picture that came just before is decoded.
        chromium.await("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
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
        breakTheConnection();
        chromium.until("the page streams again", () -> chromium.status().equals("Streaming"));
        framesComeBack();
        chromium.until(
                "the settings are in force again",
                () -> result("width").equals("1280")
                        && result("dataset.modelMode").equals("fast"));
        assertEquals(2, chromium.number("witness.sockets.length"));
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
        chromium.tabTo("table");
        chromium.press(Keys.SPACE);
        assertFalse(classBox("table").isSelected());
    }

    @Test
    void comparesTwoModesOnTheSameFrame() {
        compare();
        assertEquals("fast", compared(0, "modelMode"));
        assertEquals("sota", compared(1, "modelMode"));
        for (String side : List.of("First mode", "Second mode")) {
            WebElement pane = chromium.find("group", side);
            for (String term : List.of("Latency", "Model", "Mean IoU")) {
                chromium.until(side + " has a number for " + term, () -> number(chromium.figure(pane, term)) > 0);
            }
            assertTrue(number(chromium.figure(pane, "Mean IoU")) < 1);
        }
        // The same mode on both sides makes the same picture of the same frame.
        chromium.radio("Second mode", "Fast").click();
        chromium.until("both sides are in the same mode", () -> compared(1, "modelMode")
                .equals("fast"));
        assertEquals(0, chromium.number("""
            (() => {
              const [one, other] = [...arguments].map((canvas) =>
                canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data);
              return one.reduce((sum, value, at) => sum + (value === other[at] ? 0 : 1), 0);
            })()""", pane(0), pane(1)));
        // The stream of the other views has kept its mode.
        chromium.radio("View", "Result").click();
        framesComeBack();
        assertEquals("balanced", result("dataset.modelMode"));
    }

    @Test
    void sotaIsNearerToTheTruthThanFastWhichLooksLikeThis() throws IOException {
        compare();
        int frames = 50;
        chromium.until("enough frames were compared", () -> Integer.parseInt(compared(1, "framesShown")) > frames);
        double fast = number(chromium.figure(chromium.find("group", "First mode"), "Mean IoU"));
        double sota = number(chromium.figure(chromium.find("group", "Second mode"), "Mean IoU"));
        assertTrue(sota > fast, "%s is not more than %s".formatted(sota, fast));
        photograph("compare", 1280, 860);
        photograph("compare-narrow", 390, 1990);
    }

    /** What is shown as the truth is drawn from the clip once more: it fits one frame better than those around it. */
    @Test
    void showsTheTruthOfTheVeryFrame() {
        compare();
        assertEquals(0L, chromium.await("""
            const [canvas, done] = arguments;
            (async () => {
              const number = Number(canvas.dataset.frame);
              const shown = canvas.getContext('2d').getImageData(0, 0, 640, 480).data;
              const video = Object.assign(document.createElement('video'), { src: 'samples/world.mp4', muted: true });
              const context = new OffscreenCanvas(640, 480).getContext('2d', { willReadFrequently: true });
              const distances = [];
              for (let step = -2; step <= 2; step++) {
                const frame = Math.min(249, Math.max(0, number + step));
                await new Promise((resolve, reject) => {
                  Object.assign(video, { onseeked: resolve, onerror: reject, currentTime: (frame + 0.5) / 25 });
                });
                context.globalAlpha = 1;
                context.drawImage(video, 0, 0);
                const sheet = new Image();
                sheet.src = `samples/world-truth-${Math.floor(frame / 25)}.png`;
                await sheet.decode();
                const place = frame % 25;
                context.globalAlpha = 0.6;
                context.drawImage(sheet, (place % 5) * 640, Math.floor(place / 5) * 480, 640, 480, 0, 0, 640, 480);
                const expected = context.getImageData(0, 0, 640, 480).data;
                distances.push([shown.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0), frame - number]);
              }
              distances.sort(([one], [other]) => one - other);
              done(distances[0][1]);
            })();""", chromium.find("img", "Ground truth of the same frame")));
    }

    @Test
    void comparesWhatTheCameraSeesWithoutATruth() {
        chromium.radio("View", "Compare").click();
        chromium.find("button", "Start").click();
        chromium.until("pictures come back", () -> Integer.parseInt(compared(1, "framesShown")) > 5);
        assertFalse(chromium.shows("img", "Ground truth of the same frame"));
        assertFalse(chromium.shows("checkbox", "Mark only mistakes"));
        assertEquals("Streaming", chromium.status());
    }

    @Test
    void comparesByKeyboardAlone() {
        chromium.tabTo("Compare two modes");
        chromium.press(Keys.ENTER);
        chromium.until("pictures come back", () -> Integer.parseInt(compared(1, "framesShown")) > 5);
        chromium.tabTo("Fast");
        chromium.press(Keys.ARROW_RIGHT);
        chromium.until(
                "the first mode is another", () -> compared(0, "modelMode").equals("balanced"));
        assertEquals("sota", compared(1, "modelMode"));
        chromium.tabTo("Mark only mistakes");
        chromium.press(Keys.SPACE);
        assertTrue(chromium.find("checkbox", "Mark only mistakes").isSelected());
        chromium.tabTo("Compare");
        chromium.press(Keys.ARROW_LEFT);
        framesComeBack();
    }

    @Test
    void namesTheClassesOfAModelThatTheOperatorBringsIn() throws Exception {
        startCamera();
        classBox("table");
        try (ModelFolder model = new ModelFolder("balanced")) {
            model.replace(model.network(), patch -> patch.replace("/labels/1", "desk"));
            serve("balanced", model.nextVersion());
            classBox("desk");
            assertFalse(chromium.shows("checkbox", "table"));
            assertFalse(chromium.element("world-note").isDisplayed());
            sees(TABLE, seen -> seen.isFilledWith(World.TABLE, 0.6));
        } finally {
            serve("balanced", 1);
        }
        classBox("table");
    }

    @Test
    void fitsATelephone() {
        fitsATelephoneInBothThemes();
        startCamera();
        chromium.find("img", "Segmented picture");
        chromium.untilItFits();
        chromium.radio("View", "Compare").click();
        chromium.until("pictures come back", () -> Integer.parseInt(compared(1, "framesShown")) > 5);
        chromium.untilItFits();
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        chromium.find("button", "Play the sample").click();
        chromium.until("the chart has something to show", () -> Integer.parseInt(result("dataset.framesShown")) > 150);
        photograph("stream", 1280, 1300);
    }

    private static void compare() {
        chromium.find("button", "Compare two modes").click();
        chromium.until("both sides show pictures", () -> Integer.parseInt(compared(1, "framesShown")) > 5);
    }

    private static WebElement pane(int side) {
        return chromium.find("img", "Picture in the %s mode".formatted(side == 0 ? "first" : "second"));
    }

    /** @param property of the data of the canvas on one side */
    private static String compared(int side, String property) {
        return String.valueOf(chromium.run("return arguments[0].dataset[arguments[1]]", pane(side), property));
    }

    /** The pixels of a canvas as an address. */
    private static String picture(String name) {
        return String.valueOf(chromium.run("return arguments[0].toDataURL()", chromium.find("img", name)));
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

    private static double value(String term) {
        return number(chromium.figure(term));
    }

    /** The number in front of the unit, 0 where there is none yet. */
    private static double number(String figure) {
        String number = figure.replaceAll("[^0-9.].*", "");
        return number.isEmpty() ? 0 : Double.parseDouble(number);
    }
}
