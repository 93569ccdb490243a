package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The referee's page in a real Chromium, with its own samples and a camera before which nobody fences. */
class RefereePageIT extends RealPage {

    private static final Path BOUTS = Path.of("src/main/webapp/samples/bouts");
    private static final Path VIDEO = BOUTS.resolve("parry-and-riposte-right-4.mp4");
    private static final Path SIGNAL = BOUTS.resolve("parry-and-riposte-right-4.txt");

    @BeforeAll
    static void openChromium() throws IOException {
        openWithCamera(Path.of("src/main/webapp/samples/world.jpg"));
    }

    @Override
    String path() {
        return "/referee.html";
    }

    @Override
    void start() {
        chromium.find("button", "Use the camera").click();
        chromium.find("button", "Record").click();
        chromium.until("the page records", () -> chromium.status().equals("Recording"));
    }

    @Override
    String working() {
        return "Recording";
    }

    @Test
    void decidesTheSampleAndOpensItAgainLater() {
        chromium.find("button", "Try the sample").click();
        chromium.find("list", "Stages");
        untilDecided("Right");
        WebElement decision = chromium.find("group", "Right of way");
        assertEquals("Right", chromium.element("winner").getText());
        String reason = chromium.element("reason").getText();
        assertTrue(reason.matches("(?s).*(Left|Right).*"), reason);
        assertTrue(chromium.figure(decision, "Confidence").matches("\\d+ %"), decision.getText());
        assertTrue(chromium.figure(decision, "Rule").startsWith("priority"), decision.getText());
        assertEquals("Right, as decided here", chromium.figure(decision, "In the signal file"));
        showsTheMovement();
        open();
        chromium.until(
                "the sessions are listed", () -> !entries("Sessions", "li").isEmpty());
        WebElement session = entries("Sessions", "li").get(0);
        assertTrue(session.getText().startsWith("parry-and-riposte-right-4.txt\nRight\n"), session.getText());
        session.findElement(By.tagName("button")).click();
        untilDecided("Right");
        assertEquals(reason, chromium.element("reason").getText());
        deletesIt();
    }

    private static void showsTheMovement() {
        WebElement first = chromium.find("list", "Moments").findElement(By.tagName("button"));
        first.click();
        assertEquals(first.getDomAttribute("data-seconds"), position());
        assertTrue(chromium.holds("document.getElementById('bout').paused"));
        WebElement timeline = chromium.find("img", "Movement of both fencers");
        assertTrue(String.valueOf(timeline.getDomAttribute("aria-description"))
                .matches("Left from \\d+\\.\\d m to .* Right from .* The lamps at 2\\.62 s\\..*"));
        chromium.until(
                "the video is as long as the timeline",
                () -> chromium.holds("document.getElementById('bout').duration > 3"));
        timeline.click();
        chromium.until(
                "a press in the middle shows the middle", () -> Math.abs(Double.parseDouble(position()) - 1.5) < 0.2);
        chromium.element("movement").findElement(By.tagName("summary")).click();
        List<String> rows = chromium.element("table").findElements(By.cssSelector("tbody tr")).stream()
                .map(WebElement::getText)
                .toList();
        assertEquals(13, rows.size());
        assertTrue(rows.get(0).matches("0\\.00 s \\d\\.\\d\\d m \\d\\.\\d\\d m.*"), rows.get(0));
        assertTrue(rows.get(10).contains("lamps"), rows.get(10));
    }

    private static void deletesIt() {
        chromium.until("the session is marked", () -> !entries("Sessions", "[aria-current]")
                .isEmpty());
        WebElement session = entries("Sessions", "[aria-current]").get(0);
        String id = String.valueOf(session.getDomAttribute("data-id"));
        assertEquals("#" + id, chromium.run("return location.hash"));
        WebElement delete = session.findElements(By.tagName("button")).get(1);
        assertEquals("Delete parry-and-riposte-right-4.txt", delete.getAccessibleName());
        delete.click();
        assertEquals("Really?", delete.getText());
        delete.click();
        chromium.until(
                "the session is gone",
                () -> chromium.holds("!document.querySelector('[data-id=\"%s\"]')".formatted(id)));
        chromium.until("nothing is left of it", () -> !chromium.shows("group", "Right of way"));
        assertEquals("", chromium.run("return location.hash"));
    }

    private static List<WebElement> entries(String list, String selector) {
        return chromium.find("list", list).findElements(By.cssSelector(selector));
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        chromium.find("button", "Decide").click();
        assertTrue(chromium.notices().startsWith("The video is missing."), chromium.notices());
        choose("Video", VIDEO);
        chromium.until("the notice has gone", () -> chromium.notices().isEmpty());
        chromium.find("button", "Decide").click();
        assertTrue(chromium.notices().startsWith("The signal file is missing."), chromium.notices());

        choose("Signal file", write("nonsense.txt", "nothing of the kind"));
        chromium.until("the notice has gone", () -> chromium.notices().isEmpty());
        chromium.find("button", "Decide").click();
        untilNotDecided("Could not find start time in nonsense.txt.");

        choose("Video", write("nonsense.mp4", "no video at all"));
        choose("Signal file", SIGNAL);
        chromium.find("button", "Decide").click();
        untilNotDecided("MP4 with H.264 is read everywhere.");
        // The browser's own, about the preview of what is no video.
        chromium.errors();
    }

    @Test
    void saysThatOneLampDecidesByItself() throws IOException {
        choose("Video", VIDEO);
        choose(
                "Signal file",
                write(
                        "single.txt",
                        Files.readString(SIGNAL).replaceAll("Scores ->.*", "Scores -> Fencer 1: HIT, Fencer 2: MISS")));
        chromium.find("button", "Decide").click();
        chromium.until("the page says so", () -> chromium.status().equals("Nothing to decide"));
        assertEquals("No decision", chromium.element("winner").getText());
        assertEquals(
                "Only one fencer recorded a valid hit; nothing to adjudicate.",
                chromium.element("reason").getText());
    }

    @Test
    void cancelsWhatTakesTooLong() {
        chromium.radio("Source", "Sample").click();
        chromium.run("document.getElementById('sample').selectedIndex = 1");
        chromium.once(
                "the analysis runs",
                "document.getElementById('status').textContent === 'Analysing'",
                () -> chromium.find("button", "Decide").click());
        chromium.find("button", "Cancel").click();
        untilNotDecided("cancelled");
    }

    @Test
    void recordsWhatTheCameraSeesThroughABrokenConnection() throws Exception {
        start();
        assertEquals("Stop and decide", chromium.focused());
        chromium.find("button", "Stop and decide").click();
        assertTrue(chromium.notices().startsWith("No lamp is on yet."), chromium.notices());
        chromium.press(Keys.ARROW_DOWN, Keys.ARROW_RIGHT);
        chromium.find("button", "Left lamp").click();
        assertTrue(
                chromium.find("list", "Pressed")
                        .getText()
                        .matches(
                                "\\d+\\.\\d\\d s Blade contact\n\\d+\\.\\d\\d s Right lamp\n\\d+\\.\\d\\d s Left lamp"),
                chromium.find("list", "Pressed").getText());
        breakTheConnection();
        chromium.until("the page records again", () -> chromium.status().equals("Recording"));
        chromium.find("button", "Stop and decide").click();
        untilNotDecided("Both fencers have to be seen");
        assertTrue(chromium.holds("witness.tracks.every((each) => each.readyState === 'ended')"));
        String id = String.valueOf(chromium.run("return location.hash.slice(1)"));
        JsonObject stats = StreamClient.json(get("/api/jobs/" + id).body())
                .getJsonObject("parameters")
                .getJsonObject("streaming_stats");
        assertTrue(stats.getInt("frames_received") > 30, stats.toString());
        assertEquals(0, stats.getInt("missing_frames"), stats.toString());
    }

    @Test
    void letsARecordingGo() {
        start();
        fitsATelephoneInBothThemes();
        chromium.find("button", "Discard").click();
        chromium.until("the page says so", () -> chromium.status().equals("Connected, waiting for a source"));
        assertTrue(chromium.holds("witness.tracks.every((each) => each.readyState === 'ended')"));
        chromium.find("button", "Open the camera");
    }

    /** The module alone. */
    @Test
    void writesTheSignalAsABoxDoes() {
        assertEquals("""
                 0.000s | Phrase recording started
                 1.430s | Off-Target: Blade-to-blade contact.
                 1.766s | HIT: Right scores on Left!
                 1.900s | HIT: Left scores on Right!
                 1.766s | HIT: Simultaneous valid hits!
                 3.000s | Phrase recording ended
                Scores -> Fencer 1: HIT, Fencer 2: HIT
                |
                 0.000s | Phrase recording started
                 1.000s | HIT: Left scores on Right!
                 2.000s | Phrase recording ended
                Scores -> Fencer 1: MISS, Fencer 2: HIT
                """, chromium.await("""
            const done = arguments[0];
            import('./js/signal.js').then(({ signalText }) => done([
              signalText([{ seconds: 1.43, what: 'contact' }, { seconds: 1.766, what: 'right' }, { seconds: 1.9, what: 'left' }], 3),
              signalText([{ seconds: 1, what: 'left' }], 2),
            ].join('|\\n')));"""));
    }

    @Test
    void leadsFromPageToPage() {
        for (String page : List.of("Segmentation", "Referee")) {
            chromium.find("link", page).click();
            chromium.until(
                    "the page is the one named",
                    () -> page.equals(chromium.run("return document.querySelector('[aria-current]')?.textContent")));
        }
        chromium.find("button", "Try the sample");
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        fitsATelephoneInBothThemes();
        chromium.find("button", "Try the sample").click();
        untilDecided("Right");
        chromium.untilItFits();
        // The moment of the riposte.
        chromium.run("const bout = document.getElementById('bout'); bout.pause(); bout.currentTime = 2.4");
        photograph("referee", 1280, 1080);
        photograph("referee-narrow", 420, 2200);
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** @param which as the button says */
    private static void choose(String which, Path file) {
        chromium.find("file", which + " from this device")
                .sendKeys(file.toAbsolutePath().toString());
    }

    private static void untilDecided(String winner) {
        chromium.until("the bout is decided", () -> chromium.status().equals("Decided: " + winner));
    }

    private static void untilNotDecided(String why) {
        chromium.until(
                "the page says why",
                () -> chromium.notices().startsWith("The bout was not decided.")
                        && chromium.notices().contains(why));
        assertEquals("Not decided", chromium.status());
    }

    /** Where the video stands, in seconds. */
    private static String position() {
        return String.valueOf(chromium.run("return String(document.getElementById('bout').currentTime)"));
    }
}
