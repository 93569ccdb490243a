package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The operator's console in a real Chromium, with clients, jobs and models of the real server. */
@SharesServer
class AdminPageIT extends RealServer {

    private static final Path SCREENSHOTS = Path.of(System.getProperty("osprey.screenshots", "target/screenshots"));
    private static final Path SAMPLE = Path.of("src/main/webapp/samples/grace-hopper.jpg");
    private static final Path SIGNAL = Path.of("src/main/webapp/samples/bouts/attack-and-counter-left-1.txt");
    private static final String MODEL = "balanced";
    private static final String LIMIT = "osprey.stream.max-connections";
    private static final String NAME = "operator";

    /** As the server of the tests is started with, see the pom. */
    private static final String PASSWORD = "an-operator-of-the-tests";

    private static final List<String> VIEWS =
            List.of("overview", "models", "streams", "jobs", "keys", "settings", "problems", "audit");

    @SuppressWarnings("NullAway.Init")
    private static Chromium chromium;

    @BeforeAll
    static void openChromium() {
        chromium = Chromium.withRefusedCamera();
    }

    @AfterAll
    static void closeChromium() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openTheConsoleAsNew() {
        chromium.look(1280, 1000, "light");
        chromium.visit(http("/admin/"));
        chromium.until("it is known who has signed in", () -> isAtTheEntrance() || isLive());
        if (isAtTheEntrance()) {
            signIn(PASSWORD);
        }
        untilItIsLive();
    }

    @AfterEach
    void leavesTheConsoleWithoutErrors() {
        assertEquals(List.of(), chromium.errors());
    }

    @Test
    void letsInWhoKnowsThePasswordAndOutAgain() {
        chromium.find("button", "Sign out").click();
        chromium.until("the page is left", AdminPageIT::isAtTheEntrance);
        chromium.visit(http("/admin/#models"));
        chromium.until("the way in is elsewhere", AdminPageIT::isAtTheEntrance);
        // A page that the browser has kept asks who has signed in and hears that nobody has.
        chromium.errors();
        signIn("not-this-one");
        chromium.until(
                "the page says so", () -> chromium.notices().equals("Name and password do not belong together."));
        // The browser's own, about the answer.
        assertEquals(1, chromium.errors(1).size());
        chromium.element("entered").clear();
        signIn(PASSWORD);
        untilItIsLive();
        assertTrue(chromium.element("models").isDisplayed());
        assertEquals(NAME, chromium.element("who").getText());
    }

    @Test
    void showsAStreamAndClosesIt() throws Exception {
        open("streams");
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            client.segment(Files.readAllBytes(SAMPLE));
            chromium.until("the stream is listed with its mode", () -> text("streams-table")
                    .matches("(?s).*Segmentation.*" + MODEL + ".*"));
            chromium.find("button", "Close the segmentation stream of 127.0.0.1")
                    .click();
            chromium.find("button", "Not now").click();
            chromium.find("button", "Close the segmentation stream of 127.0.0.1")
                    .click();
            chromium.find("button", "Close it").click();
            assertEquals(new StreamClient.Arrival.Closed(1_008, "closed by the operator"), client.end());
        }
        chromium.until("it is gone", () -> chromium.element("streams").getText().contains("Nobody is connected."));
    }

    @Test
    void unloadsLoadsAndSwapsAModel() throws Exception {
        try (ModelFolder folder = new ModelFolder(MODEL)) {
            folder.add(folder.network());
            open("models");
            chromium.element("find-model").sendKeys(MODEL);
            chromium.until(
                    "it is the only one listed",
                    () -> chromium.number("document.getElementById('models-table').tBodies[0].rows.length") == 1);
            chromium.find("button", "Unload " + MODEL).click();
            chromium.find("button", "Unload").click();
            chromium.find("button", "Load " + MODEL).click();
            chromium.find("button", "Try " + MODEL);
            for (int version : new int[] {folder.nextVersion(), folder.version()}) {
                swap(version);
            }
            chromium.find("button", "Warm " + MODEL).click();
            chromium.until("it has run", () -> told().startsWith(MODEL + " ran "));
        }
    }

    private static void swap(int version) {
        // At one go: the row is written anew whenever the model changes, which forgets the choice.
        chromium.until(
                "version %d can be chosen".formatted(version),
                () -> chromium.holds("""
            (() => {
              const choice = document.querySelector('#models-table select');
              if (choice) {
                choice.value = arguments[0];
                choice.dispatchEvent(new Event('change'));
                choice.parentElement.querySelector(`[aria-label="${arguments[1]}"]`).click();
              }
              return choice !== null;
            })()""", Integer.toString(version), "Swap %s to the chosen version".formatted(MODEL)));
        chromium.until("it is served", () -> told().equals("Version %d of %s is served.".formatted(version, MODEL)));
    }

    @Test
    void triesAModelWithAPicture() {
        open("models");
        chromium.find("button", "Try " + MODEL).click();
        assertEquals("Choose a picture", chromium.focused());
        chromium.find("file", "Picture from this device")
                .sendKeys(SAMPLE.toAbsolutePath().toString());
        chromium.until(
                "the picture is coloured",
                () -> chromium.holds("document.getElementById('try-output').naturalWidth > 0"));
        chromium.until("its words are told", () -> text("try-words").contains("pixels; decoded in "));
        assertTrue(text("try-outputs").contains("uint8"), text("try-outputs"));
        chromium.press(Keys.ESCAPE);
        chromium.until("the dialog is closed", () -> !chromium.element("try").isDisplayed());
    }

    @Test
    void followsAJobAndCancelsIt() throws Exception {
        open("jobs");
        String body = Json.createObjectBuilder()
                .add("prompt", "a red ball")
                .add("steps", 150)
                .build()
                .toString();
        // The last waits for the others: a fast machine would be done before anybody has pressed anything.
        String job = "";
        for (int i = 0; i < 4; i++) {
            job = StreamClient.json(send("POST", "/api/text-to-image", body, "Content-Type", "application/json")
                            .body())
                    .getString("job_id");
        }
        String row = "#jobs-table [data-key='%s']".formatted(job);
        chromium.until("it is listed", () -> chromium.holds("document.querySelector(arguments[0]) !== null", row));
        press(row, "Cancel");
        chromium.find("button", "Cancel the job").click();
        chromium.until("it is cancelled", () -> rowText(row).contains("cancelled"));
        press(row, "Open");
        chromium.until(
                "its log is shown",
                () -> text("job-log").toLowerCase(Locale.ROOT).contains("cancelled"));
        chromium.press(Keys.ESCAPE);
        press(row, "Delete");
        chromium.find("button", "Delete").click();
        chromium.until("it is gone", () -> chromium.holds("document.querySelector(arguments[0]) === null", row));
        assertEquals(404, get("/api/jobs/" + job).statusCode());
    }

    @Test
    void showsWhoseAJobIsAndWhatCanBeDoneHoweverLongItsName() throws Exception {
        String name = "phrase".repeat(20) + ".txt";
        String body = """
                --b\r
                Content-Disposition: form-data; name="video"; filename="bout.mp4"\r
                \r
                no video\r
                --b\r
                Content-Disposition: form-data; name="signal"; filename="%s"\r
                \r
                %s\r
                --b--\r
                """.formatted(name, Files.readString(SIGNAL));
        String job = StreamClient.json(
                        operate("POST", "/api/referee/bouts", body, "Content-Type", "multipart/form-data; boundary=b")
                                .body())
                .getString("job_id");
        String row = "#jobs-table [data-key='%s']".formatted(job);
        open("jobs");
        chromium.until(
                "it has failed",
                () -> rowText(row).contains("failed") && rowText(row).contains("% after"));
        assertTrue(rowText(row).contains(name), () -> rowText(row));
        assertTrue(rowText(row).contains("tests"), () -> rowText(row));
        assertEquals("", overflowing());
        press(row, "Open");
        chromium.until("its owner is told", () -> text("job-facts").contains("tests"));
        chromium.press(Keys.ESCAPE);
        assertEquals(204, operate("DELETE", "/api/admin/jobs/" + job, "").statusCode());
    }

    @Test
    void createsAKeyThatWorksUntilItIsRevoked() throws Exception {
        open("keys");
        chromium.find("button", "New key").click();
        assertEquals("Name", chromium.focused());
        chromium.press("a-camera-on-line-3");
        chromium.find("button", "Create the key").click();
        chromium.until("the key is shown", () -> chromium.element("created-key").isDisplayed());
        String key = String.valueOf(chromium.element("key-itself").getDomProperty("value"));
        chromium.find("button", "Done").click();
        chromium.until("the key is forgotten", () -> ""
                .equals(chromium.element("key-itself").getDomProperty("value")));
        assertEquals(200, get("/api/jobs", "Authorization", "Bearer " + key).statusCode());
        assertEquals(
                403,
                get("/api/admin/overview", "Authorization", "Bearer " + key).statusCode());
        chromium.find("button", "Revoke a-camera-on-line-3").click();
        chromium.find("button", "Revoke").click();
        chromium.until("it is revoked", () -> told().equals("“a-camera-on-line-3” is revoked."));
        assertEquals(
                401,
                get("/api/admin/overview", "Authorization", "Bearer " + key).statusCode());
        open("audit");
        chromium.until("it is on record", () -> text("audit-table").contains("/api/admin/keys"));
    }

    @Test
    void changesALimitWhileTheServerRuns() {
        open("settings");
        chromium.element("find-setting").sendKeys(LIMIT);
        String before = String.valueOf(limit().getDomProperty("value"));
        write("none");
        chromium.until("the page says why not", () -> chromium.notices().startsWith(LIMIT + " stays as it was."));
        // The browser's own, about the answer.
        assertEquals(1, chromium.errors(1).size());
        write("1999");
        chromium.until("it counts", () -> told().equals(LIMIT + " is 1999 from now on."));
        assertEquals("", chromium.notices());
        chromium.find("button", "Forget what the console has set for " + LIMIT).click();
        chromium.until(
                "it is as before", () -> before.equals(limit().getDomProperty("value")) && told().contains("before"));
    }

    private static WebElement limit() {
        return chromium.find("textbox", "Value of " + LIMIT);
    }

    private static void write(String value) {
        limit().sendKeys(Keys.chord(Keys.CONTROL, "a"), value, Keys.ENTER);
    }

    @Test
    void looksLikeThisAtWork() throws Exception {
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            byte[] frame = Files.readAllBytes(SAMPLE);
            chromium.until("the chart has frames", () -> {
                segment(client, frame);
                return !List.of("–", "0.0").contains(chromium.figure(chromium.find("group", "Now"), "Frames a second"));
            });
            for (String scheme : List.of("light", "dark")) {
                for (String view : VIEWS) {
                    chromium.look(375, 812, scheme);
                    open(view);
                    chromium.untilItFits();
                    assertEquals("", overflowing(), view);
                    segment(client, frame);
                    photograph("console-%s-narrow-%s".formatted(view, scheme));
                    chromium.look(1280, 1100, scheme);
                    chromium.untilItFits();
                    assertEquals("", overflowing(), view);
                    photograph("console-%s-%s".formatted(view, scheme));
                }
            }
        }
    }

    /** What is shown wider than the place that it has, and so is cut off or lies on something else. */
    private static String overflowing() {
        return String.valueOf(chromium.run("""
            const wide = [...document.querySelectorAll('main :is(th, td, dt, dd)')]
              .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1);
            const cut = [...document.querySelectorAll('main table')]
              .filter((each) => each.offsetParent && each.offsetWidth > each.parentElement.clientWidth);
            return [...wide, ...cut].map((each) => each.id || each.textContent).join('; ');"""));
    }

    private static void segment(StreamClient client, byte[] frame) {
        try {
            client.segment(frame);
        } catch (Exception e) {
            throw new IllegalStateException("A frame was not answered", e);
        }
    }

    private static void photograph(String name) throws IOException {
        chromium.photograph(SCREENSHOTS.resolve(name + ".png"));
    }

    private static boolean isAtTheEntrance() {
        return chromium.holds("location.pathname.endsWith('/admin/sign-in.html')");
    }

    private static void signIn(String password) {
        chromium.until("there is a form to sign in with", () -> chromium.element("name")
                .isDisplayed());
        WebElement name = chromium.element("name");
        name.clear();
        name.sendKeys(NAME);
        chromium.element("entered").sendKeys(password, Keys.ENTER);
    }

    private static void untilItIsLive() {
        chromium.until("the console is live", AdminPageIT::isLive);
    }

    private static boolean isLive() {
        return chromium.holds("document.getElementById('status')?.textContent === 'Live'");
    }

    private static void open(String view) {
        chromium.run("document.querySelector(`.sections a[href$='#${arguments[0]}']`).click()", view);
        chromium.until("the view is open", () -> chromium.element(view).isDisplayed());
    }

    private static void press(String row, String button) {
        chromium.until("“%s” can be pressed".formatted(button), () -> {
            List<WebElement> found =
                    chromium.element("jobs-table").findElements(By.cssSelector(row + " button")).stream()
                            .filter(each -> each.getText().equals(button))
                            .toList();
            found.forEach(WebElement::click);
            return !found.isEmpty();
        });
    }

    private static String rowText(String row) {
        return String.valueOf(chromium.run("return document.querySelector(arguments[0])?.textContent", row));
    }

    private static String text(String id) {
        return chromium.element(id).getText();
    }

    /** What the console has told about what was done last. */
    private static String told() {
        return text("told");
    }
}
