package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page of signed words in a real Chromium, with its own sample and a camera that sees dark on the left, light on the right. */
class SignsPageIT extends RealPage {

    private static final int WORDS = 20;

    @BeforeAll
    static void openChromium() throws IOException {
        BufferedImage halves = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = halves.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(320, 0, 320, 480);
        graphics.dispose();
        Path still = folder.resolve("halves.png");
        ImageIO.write(halves, "png", still.toFile());
        openWithCamera(still);
    }

    @Override
    String path() {
        return "/signs.html";
    }

    @Override
    void start() {
        playTheSample();
    }

    @Override
    String working() {
        return "Watching";
    }

    @Test
    void recognisesWhatTheSampleSigns() {
        playTheSample();
        List<String> signed = chromium.texts(chromium.find("list", "Signs of the sample"), "b");
        assertEquals(8, signed.size());
        chromium.until(
                "the page says what is being signed",
                () -> signed.contains(chromium.element("signed-word").getText()));
        chromium.until(
                "a word is told as it was signed",
                () -> chromium.number("document.querySelectorAll('" + "#history [data-right=true]').length") > 0);
        WebElement entry = chromium.element("history").findElement(By.cssSelector("[data-right=true]"));
        assertTrue(signed.contains(entry.findElement(By.tagName("b")).getText()), entry.getText());
        assertTrue(entry.getText().matches("(?s)\\d\\d:\\d\\d:\\d\\d.*as signed.*\\d+ %"), entry.getText());
        chromium.until(
                "the sign is marked",
                () -> chromium.holds("document.querySelector('#script [data-state=seen]') !== null"));
        // Or the next word might be told already.
        chromium.find("button", "Stop").click();
        chromium.find("button", "Clear").click();
        assertFalse(chromium.shows("button", "Clear"));
    }

    @Test
    void showsTheTopFiveAndWhatCounts() {
        playTheSample();
        WebElement guesses = chromium.find("list", "Top five");
        chromium.until(
                "there are five guesses",
                () -> chromium.texts(guesses, "b").stream()
                                .filter(SignsPageIT::isAWord)
                                .distinct()
                                .count()
                        == 5);
        assertEquals("counts above 50 %", chromium.element("threshold").getText());
        assertEquals("0.5", chromium.run("return arguments[0].style.getPropertyValue('--threshold')", guesses));
        List<Double> scores = chromium.texts(guesses, "li > :last-child").stream()
                .map(score -> Double.parseDouble(score.replace(" %", "")))
                .toList();
        assertEquals(
                scores.stream()
                        .sorted((one, other) -> Double.compare(other, one))
                        .toList(),
                scores);
        chromium.until("a word or its absence is told", () -> {
            String word = chromium.element("word").getText();
            return word.equals("no sign") || isAWord(word);
        });
    }

    @Test
    void showsHowTheClipFillsAndWhatTheStreamIsLike() {
        playTheSample();
        WebElement clip = chromium.find("meter", "Clip");
        chromium.until("the clip is full", () -> "10 of 10 frames".equals(clip.getDomAttribute("aria-valuetext")));
        for (String term : List.of("Frames/s sent", "Predictions/s", "Last recognition", "Model")) {
            chromium.until(
                    term + " is more than 0",
                    () -> Double.parseDouble("0" + chromium.figure(term).replaceAll("[^0-9.].*", "")) > 0);
        }
        chromium.radio("Frames a second to send", "5/s").click();
        assertEquals("10 frames span 2 s", chromium.element("span").getText());
        chromium.until("half as many frames are sent", () -> chromium.figure("Frames/s sent")
                .matches("[45]\\.\\d"));
        open();
        assertTrue(chromium.radio("Frames a second to send", "5/s").isSelected());
    }

    @Test
    void showsTheCameraAsAMirrorAndSendsItAsItIs() {
        chromium.find("button", "Start").click();
        chromium.until("the page watches", () -> chromium.status().equals("Watching"));
        assertTrue(chromium.holds(
                "new DOMMatrix(getComputedStyle(document.getElementById('mirror')).transform).a === -1"));
        assertEquals(List.of(320L, 240L, true), chromium.await("""
            const done = arguments[0];
            const socket = witness.sockets.at(-1);
            const send = socket.send.bind(socket);
            socket.send = async (data) => {
              send(data);
              if (data instanceof Blob) {
                socket.send = send;
                const picture = await createImageBitmap(data);
                const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
                context.drawImage(picture, 0, 0);
                const [left] = context.getImageData(40, 120, 1, 1).data;
                const [right] = context.getImageData(280, 120, 1, 1).data;
                done([picture.width, picture.height, left < 60 && right > 200]);
              }
            };"""));
        stop();
    }

    @Test
    void showsEachWordOfTheServerAsAClip() throws Exception {
        JsonObject labels = StreamClient.json(get("/labels").body());
        List<WebElement> tiles = vocabulary();
        assertEquals(WORDS, labels.size());
        assertEquals(
                labels.keySet().stream().map(labels::getString).toList(),
                tiles.stream().map(WebElement::getText).toList());
        chromium.until(
                "every clip has a picture",
                () -> chromium.number("[...document.querySelectorAll('#tiles video')]"
                                + ".filter((clip) => clip.readyState >= 2 && clip.videoWidth > 0).length")
                        == WORDS);
        for (WebElement tile : tiles) {
            String word = tile.getText();
            tile.click();
            WebElement dialog = chromium.find("dialog", word);
            assertFalse(chromium.element("sign-description").getText().isBlank(), word);
            chromium.until("the sign moves", () -> moves("sign-clip"));
            chromium.find("button", "Close").click();
            assertFalse(dialog.isDisplayed());
        }
    }

    @Test
    void showsTheVocabularyByKeyboardAlone() {
        vocabulary();
        chromium.tabTo("book");
        chromium.until("the tile moves", () -> chromium.holds("!document.activeElement.firstChild.paused"));
        chromium.press(Keys.ENTER);
        chromium.find("dialog", "book");
        assertEquals("Pause", chromium.focused());
        chromium.press(Keys.ARROW_RIGHT);
        chromium.find("dialog", "chair");
        chromium.press(Keys.SPACE);
        assertTrue(chromium.holds("document.getElementById('sign-clip').paused"));
        assertEquals("Play", chromium.focused());
        chromium.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
        chromium.find("dialog", "wall");
        chromium.press(Keys.ESCAPE);
        chromium.until("the sign is closed", () -> !chromium.shows("dialog", "wall"));
        assertEquals("book", chromium.focused());
    }

    @Test
    void movesNothingForAVisitorWhoWantsStillness() {
        chromium.wantStillness();
        vocabulary();
        chromium.tabTo("book");
        assertTrue(chromium.holds("document.activeElement.firstChild.paused"));
        chromium.press(Keys.ENTER);
        chromium.find("dialog", "book");
        assertTrue(chromium.holds("document.getElementById('sign-clip').paused"));
        chromium.find("button", "Play").click();
        chromium.until("the sign moves", () -> moves("sign-clip"));
    }

    @Test
    void worksByKeyboardAlone() {
        chromium.tabTo("Webcam");
        chromium.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertEquals("Sample", chromium.focused());
        chromium.tabTo("Start");
        chromium.press(Keys.ENTER);
        chromium.until("the page watches", () -> chromium.status().equals("Watching"));
        assertEquals("Stop", chromium.focused());
        chromium.tabTo("10/s");
        chromium.press(Keys.ARROW_RIGHT);
        assertEquals("10 frames span 0.4 s", chromium.element("span").getText());
        chromium.press(Keys.ARROW_LEFT);
    }

    /** The module alone, with a clock of its own. */
    @Test
    void entersAWordWhenItIsToldAnew() {
        assertEquals(List.of("hello", "kiss", "hello", "90 %", "40 %"), chromium.await("""
            const done = arguments[0];
            import('./js/history.js').then(({ History }) => {
              const history = new History();
              history.see({ label: 'hello', score: 0.6 }, 0);
              history.see({ label: 'hello', score: 0.9 }, 100);
              history.see({ label: 'none', score: 0.4 }, 200);
              history.see({ label: 'hello', score: 0.7 }, 900);
              history.see({ label: 'kiss', score: 0.4 }, 1_000);
              history.see({ label: 'hello', score: 0.4 }, 1_100);
              history.see({ label: 'hello', score: 0.4 }, 2_100);
              const entries = [...document.getElementById('history').children].reverse();
              const words = entries.map((entry) => entry.querySelector('b').textContent);
              const scores = entries.map((entry) => entry.querySelector('.score').textContent);
              done([...words, scores[0], scores[2]]);
            });"""));
    }

    @Test
    void saysThatTheServerIsFullAndComesBackWhenAsked() {
        playTheSample();
        hear("42[\"error\",{\"message\":\"Server at capacity, please try again later\"}]", "41");
        assertEquals("Server at capacity", chromium.status());
        chromium.until("the page says why", () -> chromium.notices()
                .contains("It says: Server at capacity, please try again later."));
        assertEquals(1, chromium.number("witness.sockets.length"));
        chromium.find("button", "Connect again").click();
        chromium.until("the page watches again", () -> chromium.status().equals("Watching"));
        assertEquals("", chromium.notices());
    }

    @Test
    void reconnectsByItselfAndGathersANewClip() {
        playTheSample();
        breakTheConnection("clip-count", "0 of 10");
        chromium.until("the page watches again", () -> chromium.status().equals("Watching"));
        chromium.until(
                "the clip is full again",
                () -> chromium.element("clip-count").getText().equals("10 of 10"));
        chromium.until(
                "the server tells words again",
                () -> !chromium.element("word").getText().equals("–"));
    }

    @Test
    void takesAServerForGoneThatIsNotHeardOf() {
        untilItReconnects("state", "", """
            witness.sockets.at(-1).send = () => {};
            witness.sockets.at(-1).onmessage({ data: '0{"sid":"another","upgrades":[],"pingInterval":50,"pingTimeout":50}' });
            """);
        chromium.until(
                "the page is connected again", () -> chromium.status().equals("Connected, waiting for a source"));
    }

    @Test
    void saysThatTheModelIsMissing() throws Exception {
        assertEquals(200, operate("DELETE", "/api/models/signs", "").statusCode());
        try {
            open();
            chromium.until("the page says so", () -> chromium.notices()
                    .contains("The server cannot recognise signs at the moment."));
        } finally {
            serve("signs", 1);
        }
        chromium.until("the notice has gone", () -> chromium.notices().isEmpty());
        // The browser itself logs every answer of 503.
        assertFalse(chromium.errors().isEmpty());
    }

    @Test
    void leadsFromPageToPage() {
        for (String page : List.of("Segmentation", "Fingerspelling", "Sign words")) {
            chromium.find("link", page).click();
            chromium.until(
                    "the page is the one named",
                    () -> page.equals(chromium.run("return document.querySelector('[aria-current]')?.textContent")));
        }
        chromium.find("list", "Top five");
    }

    @Test
    void fitsATelephone() {
        fitsATelephoneInBothThemes();
        playTheSample();
        chromium.untilItFits();
        vocabulary().get(0).click();
        chromium.find("dialog", "book");
        chromium.untilItFits();
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        playTheSample();
        chromium.until(
                "some words were told",
                () -> chromium.element("history").findElements(By.tagName("li")).size() > 2);
        chromium.until("a word is told", () -> isAWord(chromium.element("word").getText()));
        photograph("signs", 1280, 1200);
        photograph("signs-narrow", 390, 2300);
    }

    private static void playTheSample() {
        chromium.find("button", "Play the sample").click();
        chromium.until("the page watches", () -> chromium.status().equals("Watching"));
    }

    /** The buttons of the words, once there are as many as the server knows. */
    private static List<WebElement> vocabulary() {
        WebElement list = chromium.find("list", "Vocabulary");
        chromium.until(
                "all words are there",
                () -> list.findElements(By.tagName("button")).size() == WORDS);
        return list.findElements(By.tagName("button"));
    }

    private static boolean isAWord(String text) {
        return chromium.texts(chromium.find("list", "Vocabulary"), "button").contains(text);
    }

    /** @param id of a clip */
    private static boolean moves(String id) {
        return chromium.holds(
                "(({ paused, currentTime }) => !paused && currentTime > 0)(document.getElementById(arguments[0]))", id);
    }

    /** Has the page hear what the server did not say, and nothing of the server's between. */
    private static void hear(String... packets) {
        chromium.run(
                "const socket = witness.sockets.at(-1); arguments[0].forEach((data) => socket.onmessage({ data }))",
                List.of(packets));
    }
}
