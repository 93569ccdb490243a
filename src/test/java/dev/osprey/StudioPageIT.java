package dev.osprey;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The studio's page in a real Chromium, with its own sample pictures and the models that are shipped. */
class StudioPageIT extends RealPage {

    private static final Path SAMPLES = Path.of("src/main/webapp/samples/studio");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The corners of the unit cube, bit by bit x, y, z, three for each triangle, counter-clockwise as seen from outside. */
    private static final int[] CUBE = {
        0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5
    };

    private static final float CUBE_SIDE_MM = 10;

    @BeforeAll
    static void openChromium() throws IOException {
        openWithCamera(World.STILL);
    }

    @Override
    String path() {
        return "/studio.html";
    }

    @Override
    void start() {
        choose("Picture", SAMPLES.resolve("cup.jpg"));
        untilItSays("Picture ready");
    }

    @Override
    String working() {
        return "Picture ready";
    }

    @Test
    void makesAModelOfAPictureAndOpensItAgainLater() throws Exception {
        choose("Picture", SAMPLES.resolve("ring.jpg"));
        untilItSays("Picture ready");
        chromium.until(
                "the server's picture is shown",
                () -> chromium.holds("document.getElementById('picture').naturalWidth === 512"));
        makeTheModel();
        assertEquals("Make the model", chromium.focused());
        assertEquals("100.0 mm", measure("Width"));
        assertEquals("75.0 mm", measure("Height"));
        assertEquals("20.0 mm", measure("Depth"));
        turnsAndMeasures();
        assertTrue(downloaded("GLB").startsWith("glTF"));
        String stl = downloaded("STL");
        int triangles = ByteBuffer.wrap(stl.getBytes(ISO_8859_1))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(80);
        assertEquals(84 + 50 * triangles, stl.length());
        chromium.find("button", "Make OBJ").click();
        chromium.find("link", "Download OBJ");
        chromium.until("it is where one goes on", () -> chromium.focused().equals("Download OBJ"));
        assertTrue(downloaded("OBJ").startsWith("mtllib model.mtl\n"));
        assertTrue(downloaded("OBJ").contains("\nf "));
        assertTrue(downloaded("model.mtl").contains("map_Kd model.jpg"));
        assertTrue(downloaded("model.jpg").startsWith("\u00FF\u00D8"));
        // Of which each format is a job: together they are one work, however few are asked for.
        assertEquals(List.of(3L), chromium.await("""
                const [done] = arguments;
                import('./js/works.js').then(({ Works }) => new Works().latest(1))
                  .then(({ works }) => done(works.map(({ jobs }) => jobs.length)));"""));

        open();
        WebElement work = work(0);
        assertTrue(work.getText().startsWith("ring.jpg\nModel\n100 × 75 × 20 mm\n"), work.getText());
        work.findElement(By.xpath(".//button[.='Open']")).click();
        untilItSays("Work ready");
        assertEquals("100.0 mm", measure("Width"));
        assertEquals("#" + work(0).getDomAttribute("data-id"), chromium.run("return location.hash"));
        deletesIt();
    }

    private static void turnsAndMeasures() {
        WebElement model = chromium.find("application", "Model in 3D");
        chromium.until("the model is drawn", () -> !whereTheFirstLengthStands().isEmpty());
        String before = whereTheFirstLengthStands();
        model.sendKeys(Keys.ARROW_RIGHT);
        chromium.until("the model turns", () -> !whereTheFirstLengthStands().equals(before));
        chromium.find("button", "Reset the view").click();
        chromium.until("it is as before", () -> whereTheFirstLengthStands().equals(before));
        chromium.find("button", "Measure").click();
        assertEquals("Model in 3D", chromium.focused());
        assertEquals("Press a first point", measure("Distance"));
        model.sendKeys(Keys.ENTER);
        assertEquals("Press a second point", measure("Distance"));
        model.click();
        model.sendKeys(Keys.ESCAPE);
        assertEquals("–", measure("Distance"));
    }

    private static void deletesIt() {
        WebElement work = work(0);
        String id = String.valueOf(work.getDomAttribute("data-id"));
        WebElement delete = work.findElement(By.xpath(".//button[.='Delete']"));
        assertEquals("Delete ring.jpg", delete.getAccessibleName());
        delete.click();
        assertEquals("Really?", delete.getText());
        delete.click();
        chromium.until(
                "the work is gone", () -> chromium.holds("!document.querySelector('[data-id=\"%s\"]')".formatted(id)));
        chromium.until("nothing is left of it", () -> !chromium.shows("application", "Model in 3D"));
        assertEquals("", chromium.run("return location.hash"));
    }

    @Test
    void measuresBetweenTwoPointsOfACube() throws IOException {
        choose("STL file", cube());
        untilItSays("STL file ready");
        WebElement model = chromium.find("application", "Model in 3D");
        chromium.find("button", "Measure").click();
        model.sendKeys(Keys.ENTER);
        for (int tenDegrees = 0; tenDegrees < 90; tenDegrees += 10) {
            model.sendKeys(Keys.ARROW_RIGHT);
        }
        chromium.await("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
        model.sendKeys(Keys.ENTER);
        // The view begins 0.5 to the right and 0.35 above: it meets the front at (2.732, 2.080, 5), after a quarter
        // turn the left
        // side at (−5, 2.080, 2.732).
        assertEquals("8.1 mm", measure("Distance"));
    }

    @Test
    void tellsOfAnStlFileAndPreparesIt() throws IOException {
        choose("STL file", cube());
        untilItSays("STL file ready");
        assertEquals("1,000 mm³", analysed("Volume"));
        assertEquals("600 mm²", analysed("Surface"));
        assertEquals("yes", analysed("Closed"));
        assertEquals("70 of 100", analysed("Printable"));
        assertEquals("10.0 mm", measure("Height"));
        for (String operation : List.of("Repair", "Fit the printer", "Simplify")) {
            chromium.find("button", operation).click();
            chromium.until("it is done", () -> chromium.status().equals("STL file ready"));
            chromium.until("it can be pressed again", () -> chromium.focused().equals(operation));
        }
        for (String prepared : List.of("repaired_cube.stl", "optimized_cube.stl", "simplified_cube.stl")) {
            chromium.find("link", "Download " + prepared);
        }
        assertTrue(
                chromium.find("list", "Prepared files").getText().contains("Halot X1: 10 × 10 × 10 mm"),
                chromium.find("list", "Prepared files").getText());
    }

    @Test
    void takesAPictureThatIsDropped() throws IOException {
        WebElement stage = chromium.element("stage");
        drop(stage, SAMPLES.resolve("cup.jpg"));
        untilItSays("Picture ready");
        assertTrue(chromium.shows("img", "cup.jpg"));
        assertTrue(chromium.holds("document.getElementById('picture').naturalWidth === 512"));

        // The first of them that is something; and what it is counts, wherever it is dropped.
        Path text = Files.writeString(folder.resolve("notes.txt"), "To be read later.");
        drop(chromium.element("model-form"), text, cube());
        untilItSays("STL file ready");
        assertEquals("1,000 mm³", analysed("Volume"));
        assertEquals(http(path()).toString(), chromium.run("return location.origin + location.pathname"));
    }

    @Test
    void saysWhatIsWrongWithAFileThatIsDropped() throws IOException {
        WebElement stage = chromium.element("stage");
        drop(stage, Files.writeString(folder.resolve("notes.txt"), "To be read later."));
        assertTrue(
                chromium.notices().startsWith("“notes.txt” is neither a picture nor an STL file."), chromium.notices());
        assertEquals("Connected, waiting for a source", chromium.status());

        drop(stage, Files.writeString(folder.resolve("notes.png"), "no picture, whatever its name says"));
        chromium.until("the page says so", () -> chromium.notices().startsWith("The picture was not taken."));
        assertTrue(chromium.notices().contains("magic number"), chromium.notices());
        assertEquals("Not done", chromium.status());
        assertTrue(chromium.shows("button", "Try the cup"));
        assertFalse(chromium.shows("img", "notes.png"));
        // The browser's own, about the answer.
        assertEquals(1, chromium.errors(1).size());

        drop(stage, SAMPLES.resolve("ring.jpg"));
        untilItSays("Picture ready");
        assertEquals("", chromium.notices());
    }

    @Test
    void takesNothingThatIsDroppedWhileItWorks() throws IOException {
        choose("Picture", SAMPLES.resolve("book.jpg"));
        untilItSays("Picture ready");
        quality(8);
        depthOfItsOwn();
        carry(chromium.element("stage"), SAMPLES.resolve("cup.jpg"));
        // By the page itself: a driver may come when the model is there.
        chromium.once("something is dropped while the model is being made", """
                document.getElementById('status').textContent === 'Making the model'
                  && (witness.dropped = [witness.drag('dragover'),
                                         document.getElementById('drop-hint').checkVisibility(),
                                         witness.drag('drop')])""", () -> chromium.find(
                        "button", "Make the model")
                .click());
        assertEquals(List.of(true, false, true), chromium.run("return witness.dropped"));
        untilItSays("Model ready");
        assertTrue(work(0).getText().startsWith("book.jpg"), work(0).getText());
    }

    /** Files over an element and let go there, with what a browser hands to a page for that; the page has to take them. */
    private static void drop(WebElement over, Path... files) throws IOException {
        carry(over, files);
        assertTrue(chromium.holds("witness.drag('dragover')"));
        assertTrue(chromium.element("drop-hint").isDisplayed());
        assertTrue(chromium.holds("witness.drag('drop')"));
        assertFalse(chromium.element("drop-hint").isDisplayed());
    }

    /** {@code witness.drag} then tells whether the page keeps the browser from opening the files in its place. */
    private static void carry(WebElement over, Path... files) throws IOException {
        List<List<String>> named = new ArrayList<>();
        for (Path file : files) {
            named.add(List.of(
                    String.valueOf(file.getFileName()),
                    String.valueOf(Files.probeContentType(file)),
                    Base64.getEncoder().encodeToString(Files.readAllBytes(file))));
        }
        chromium.run("""
                const [over, files] = arguments;
                witness.drag = (type) => {
                  const dataTransfer = new DataTransfer();
                  for (const [name, type, base64] of files) {
                    dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], name, { type }));
                  }
                  return !over.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer }));
                };""", over, named);
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        choose("Picture", Files.writeString(folder.resolve("nonsense.png"), "nothing of the kind, but long enough"));
        chromium.until("the page says so", () -> chromium.notices().startsWith("The picture was not taken."));
        assertTrue(chromium.notices().contains("magic number"), chromium.notices());
        assertEquals("Not done", chromium.status());
        choose("STL file", Files.writeString(folder.resolve("nonsense.stl"), "solid nothing"));
        chromium.until("the page says so", () -> chromium.notices().startsWith("The STL file was not taken."));
        assertFalse(chromium.shows("button", "Repair"));
        // The browser's own, about the two answers.
        assertEquals(2, chromium.errors(2).size());
    }

    @Test
    void makesAPictureOfAPromptAndShowsHowItBecomesOne() {
        chromium.run("""
            window.seen = new Set();
            new MutationObserver(() => seen.add(document.getElementById('picture').alt))
              .observe(document.getElementById('picture'), { attributes: true })""");
        chromium.find("button", "Write a prompt").click();
        assertEquals("Prompt", chromium.focused());
        chromium.press("a red ball and a zeppelin");
        chromium.element("prompt-row").findElement(By.tagName("summary")).click();
        chromium.element("steps").sendKeys("50", Keys.ENTER);
        untilItSays("Picture ready");
        assertTrue(chromium.notices().matches("(?s)The model does not know .*“zeppelin”.*"), chromium.notices());
        assertTrue(chromium.holds("seen.has('Preview: a red ball and a zeppelin')"));
        assertTrue(chromium.holds("document.getElementById('picture').naturalWidth === 512"));
        assertEquals(
                "a red ball and a zeppelin",
                chromium.find("img", "a red ball and a zeppelin").getAccessibleName());
        assertEquals("100", chromium.element("height").getDomProperty("value"));
        makeTheModel();
        assertEquals("100.0 mm", measure("Height"));
    }

    @Test
    void cancelsWhatTakesTooLongAndMakesItAgain() throws IOException {
        // Where the button is far below what is watched.
        chromium.look(375, 812, "light");
        choose("Picture", SAMPLES.resolve("book.jpg"));
        untilItSays("Picture ready");
        quality(8);
        depthOfItsOwn();
        // Pressed by the page itself: a driver may come when the model is there.
        chromium.once(
                "the model is being made, and is not any more",
                """
                document.getElementById('status').textContent === 'Making the model'
                  && document.getElementById('cancel').checkVisibility()
                  && (witness.watched = [document.activeElement.id, %s],
                      document.getElementById('cancel').click(), true)""".formatted(inView("progress")),
                () -> chromium.find("button", "Make the model").click());
        untilItSays("Cancelled");
        assertEquals(List.of("progress", true), chromium.run("return witness.watched"));
        assertEquals("Make the model", chromium.focused());
        assertEquals("", chromium.notices());
        chromium.until("the gallery says so", () -> work(0).getText().contains("cancelled"));
        work(0).findElement(By.xpath(".//button[.='Retry']")).click();
        untilItSays("Model ready");
        assertTrue(chromium.holds(inView("stage")));
        assertEquals("8", chromium.element("quality").getDomProperty("value"));
    }

    /** Whether all of an element is to be seen without scrolling. */
    private static String inView(String id) {
        return "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.getElementById('%s').getBoundingClientRect())"
                .formatted(id);
    }

    @Test
    void givesAllButTheDrawingWhereThereIsNoWebGl() {
        chromium.run("HTMLCanvasElement.prototype.getContext = () => null");
        chromium.find("button", "Try the cup").click();
        untilItSays("Picture ready");
        makeTheModel();
        assertTrue(
                chromium.element("stage-words").getText().contains("no WebGL 2"),
                chromium.element("stage-words").getText());
        assertEquals("20.0 mm", measure("Depth"));
        chromium.find("link", "Download STL");
        chromium.radio("View", "Picture").click();
        assertTrue(chromium.shows("img", "cup.jpg"));
    }

    @Test
    void followsAJobByAskingWhereTheSocketIsBroken() throws IOException {
        choose("Picture", SAMPLES.resolve("book.jpg"));
        untilItSays("Picture ready");
        chromium.run("witness.isGone = true; witness.sockets.at(-1).close()");
        chromium.until("the page says so", () -> !chromium.status().equals("Picture ready"));
        quality(4);
        chromium.find("button", "Make the model").click();
        chromium.find("link", "Download STL");
        assertTrue(chromium.errors().stream().allMatch(error -> error.contains("WebSocket")));
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        chromium.find("button", "Try the cup").click();
        untilItSays("Picture ready");
        makeTheModel();
        fitsATelephoneInBothThemes();
        photograph("studio", 1280, 1180);
        photograph("studio-narrow", 420, 2200);
    }

    /** @param which as the source is called */
    private static void choose(String which, Path file) {
        chromium.radio("Source", which).click();
        chromium.find("file", which + " from this device")
                .sendKeys(file.toAbsolutePath().toString());
    }

    private static void untilItSays(String status) {
        chromium.until(
                "the page says “%s”".formatted(status), () -> chromium.status().equals(status));
    }

    /** Of 10; low where a test is about something else. */
    private static void quality(int quality) {
        WebElement slider = chromium.find("slider", "Quality");
        slider.sendKeys(Keys.HOME);
        for (int step = 1; step < quality; step++) {
            slider.sendKeys(Keys.ARROW_RIGHT);
        }
    }

    /** So that the model is none that was made before, by whatever run, which would be there at once. */
    private static void depthOfItsOwn() {
        WebElement depth = chromium.element("depth");
        depth.clear();
        depth.sendKeys(String.format(Locale.ROOT, "%.4f", 10 + System.nanoTime() % 100_000 / 10_000.0));
    }

    private static void makeTheModel() {
        quality(4);
        chromium.find("button", "Make the model").click();
        untilItSays("Model ready");
    }

    private static String measure(String term) {
        return chromium.figure(chromium.find("group", "Measures"), term);
    }

    private static String analysed(String term) {
        return chromium.element("analysis")
                .findElement(By.xpath(".//th[.='%s']/following-sibling::td".formatted(term)))
                .getText();
    }

    /** Once there are so many. */
    private static WebElement work(int index) {
        List<WebElement> works = new ArrayList<>();
        chromium.until("there are %d works".formatted(index + 1), () -> {
            works.clear();
            works.addAll(chromium.find("list", "Works").findElements(By.tagName("li")));
            return works.size() > index;
        });
        return works.get(index);
    }

    private static String whereTheFirstLengthStands() {
        return String.valueOf(chromium.run("return document.querySelector('#lengths span').style.transform"));
    }

    /** A file as the page offers it, a character for each byte. */
    private static String downloaded(String format) throws IOException, InterruptedException {
        URI address = URI.create(
                String.valueOf(chromium.find("link", "Download " + format).getDomProperty("href")));
        return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString(ISO_8859_1))
                .body();
    }

    private static Path cube() throws IOException {
        ByteBuffer stl = ByteBuffer.allocate(84 + 50 * CUBE.length / 3).order(ByteOrder.LITTLE_ENDIAN);
        stl.position(80).putInt(CUBE.length / 3);
        for (int corner = 0; corner < CUBE.length; corner++) {
            if (corner % 3 == 0) {
                stl.position(84 + 50 * (corner / 3) + 12);
            }
            for (int axis = 0; axis < 3; axis++) {
                stl.putFloat(CUBE_SIDE_MM * (CUBE[corner] >> axis & 1));
            }
        }
        return Files.write(folder.resolve("cube.stl"), stl.array());
    }
}
