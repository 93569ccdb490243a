package dev.osprey;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The coach's page in a real Chromium, with a camera that sees the photograph of an open hand. */
class CoachPageIT extends RealPage {

    private static final Path HAND = Path.of("../shared/data/images/hand-open.png");
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;

    /** The part of the photograph that the camera sees: all but the writing at its upper edge. */
    private static final Rectangle SEEN = new Rectangle(0, 45, 580, 435);

    /** Where a person sees the wrist and the fingertips in the photograph, by landmark. */
    private static final Map<Integer, Point> KNOWN = Map.of(
            0, new Point(62, 262),
            4, new Point(178, 120),
            8, new Point(294, 167),
            12, new Point(323, 221),
            16, new Point(311, 283),
            20, new Point(267, 316));

    /** The hand is 270 pixels long, and before the camera it sways. */
    private static final double TOLERANCE_PIXELS = 20;

    /** What the camera sees. */
    @SuppressWarnings("NullAway.Init")
    private static Path still;

    /** A place in the photograph, in pixels from its upper left corner. */
    private record Point(double x, double y) {

        boolean isNear(Point other) {
            return Math.hypot(x - other.x, y - other.y) <= TOLERANCE_PIXELS;
        }
    }

    @BeforeAll
    static void openChromium() throws IOException {
        BufferedImage photograph = photograph();
        still = folder.resolve("hand.png");
        ImageIO.write(photograph.getSubimage(SEEN.x, SEEN.y, SEEN.width, SEEN.height), "png", still.toFile());
        openWithCamera(still);
    }

    private static BufferedImage photograph() throws IOException {
        return ImageIO.read(
                Requires.existing("The photograph of an open hand", HAND).toFile());
    }

    @Override
    String path() {
        return "/coach.html";
    }

    @Override
    void start() {
        startCamera();
    }

    @Override
    String working() {
        return "Watching";
    }

    @Test
    void drawsTheSkeletonOnTheHandInTheMirror() {
        startCamera();
        assertTrue(chromium.holds(
                "new DOMMatrix(getComputedStyle(document.getElementById('mirror')).transform).a === -1"));
        KNOWN.forEach((landmark, known) ->
                chromium.until("landmark %d is at %s".formatted(landmark, known), () -> shown(landmark, true)
                        .isNear(known)));
        chromium.until(
                "all landmarks are drawn",
                () -> chromium.number("document.querySelectorAll('#skeleton circle').length") == 21);
        assertEquals("Watching", chromium.status());
    }

    @Test
    void showsAPictureFromDiskAsItIs() {
        startWith(still);
        assertTrue(chromium.holds("getComputedStyle(document.getElementById('mirror')).transform === 'none'"));
        KNOWN.forEach((landmark, known) ->
                chromium.until("landmark %d is at %s".formatted(landmark, known), () -> shown(landmark, false)
                        .isNear(known)));
    }

    /** Where a landmark is drawn, in pixels of the photograph. */
    private static Point shown(int landmark, boolean mirrored) {
        Object place = chromium.run("""
            const [canvas, point, mirrored] = arguments;
            const drawn = document.querySelector(`#skeleton [data-point="${point}"]`);
            if (!drawn) {
              return [NaN, NaN];
            }
            const whole = canvas.getBoundingClientRect();
            const joint = drawn.getBoundingClientRect();
            const scale = Math.min(whole.width / canvas.width, whole.height / canvas.height);
            const fromLeft = (joint.left + joint.right - whole.left - whole.right) / 2 / scale;
            const fromTop = (joint.top + joint.bottom - whole.top - whole.bottom) / 2 / scale;
            // As parts of what the camera sees.
            return [0.5 + (mirrored ? -fromLeft : fromLeft) / canvas.width, 0.5 + fromTop / canvas.height];
            """, chromium.find("img", "Your picture"), landmark, mirrored);
        List<?> numbers = (List<?>) requireNonNull(place);
        double x = ((Number) numbers.get(0)).doubleValue();
        double y = ((Number) numbers.get(1)).doubleValue();
        return new Point(SEEN.x + x * SEEN.width, SEEN.y + y * SEEN.height);
    }

    @Test
    void saysHowCloseTheHandIsToTheLetter() {
        startCamera();
        chromium.until("a letter is seen", () -> seen().matches("[A-Z]"));
        WebElement gauge = chromium.find("meter", "How close");
        int percent = Integer.parseInt(gauge.getDomAttribute("aria-valuenow"));
        assertTrue(percent >= 0 && percent <= 100, percent + " %");
        chromium.until("the gauge says it in words", () -> String.valueOf(gauge.getDomAttribute("aria-valuetext"))
                .matches("\\d+ %, needs 70 %"));
        assertTrue(gauge.getText().matches("(?s)\\d+ %.*"), gauge.getText());
        // An open hand shows none of the letters of a fist.
        assertNotEquals("A", seen());
        chromium.until("the page says what it looks like", () -> verdict().startsWith("That looks like a"));
    }

    @Test
    void asksForTheLetterThatIsChosen() {
        startCamera();
        chromium.radio("Letter", "L").click();
        assertEquals("L", chromium.element("letter").getText());
        assertEquals(
                "Index finger up, thumb out: an L.", chromium.element("shape").getText());
        WebElement drawing = chromium.find("img", "The letter L as a right hand shows it");
        chromium.until("the drawing is there", () -> chromium.holds("arguments[0].naturalWidth > 0", drawing));
        chromium.until("the server judges the hand again", () -> seen().matches("[A-Z]"));
    }

    @Test
    void hasADrawingAndWordsForEveryLetter() {
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            chromium.radio("Letter", String.valueOf(letter)).click();
            WebElement drawing = chromium.find("img", "The letter %c as a right hand shows it".formatted(letter));
            chromium.until("the drawing is there", () -> chromium.holds("arguments[0].naturalWidth > 0", drawing));
            assertFalse(chromium.element("shape").getText().isBlank());
        }
    }

    @Test
    void judgesAMovementByManyFrames() {
        startCamera();
        chromium.once(
                "the page says how much it has watched",
                "/^Watching: \\d+ % of what it takes\\.$/.test(document.getElementById('verdict').textContent)",
                () -> chromium.radio("Letter", "J").click());
        assertTrue(chromium.holds("witness.sockets.at(-1).url.endsWith('&model=letters')"));
        chromium.until("the server judges the movement", () -> seen().matches("[A-Z]"));
        chromium.radio("Letter", "K").click();
        chromium.until("the server judges the hand again", () -> seen().matches("[A-Z]"));
        assertEquals(2, chromium.number("witness.sockets.length"));
    }

    /** The photograph is turned until the hand is taken for a letter; that letter is what is spelled then. */
    @Test
    void practisesAWordToItsScore() throws IOException {
        String letter = showALetter();
        String other = letter.equals("B") ? "D" : "B";
        chromium.radio("Practise", "Words").click();
        chromium.find("textbox", "A word of your own").sendKeys(letter + "-" + other + letter);
        chromium.find("button", "Practise").click();
        chromium.until("the first letter is shown", () -> tile(0, "shown") && tile(1, "now") && tile(2, "next"));
        assertEquals(other, chromium.element("letter").getText());
        chromium.find("button", "Skip this letter").click();
        chromium.until("the word is done", () -> chromium.shows("group", "Score"));
        assertTrue(tile(0, "shown") && tile(1, "skipped") && tile(2, "shown"));
        WebElement score = chromium.find("group", "Score");
        // Two of three letters, at most; less only where they took longer than 3 seconds.
        int value = Integer.parseInt(score.findElement(By.tagName("b")).getText());
        assertTrue(value > 0 && value <= 67, value + " of 100");
        assertTrue(chromium.figure(score, "Time").matches("\\d+\\.\\d s"), chromium.figure(score, "Time"));
        assertTrue(Integer.parseInt(chromium.figure(score, "Letters a minute")) > 0);
        assertTrue(chromium.figure(score, "Slowest").startsWith(letter + ", "), chromium.figure(score, "Slowest"));
        assertEquals("this one", chromium.figure(score, "Best so far"));
        chromium.find("button", "Again").click();
        chromium.until("the word is begun anew", () -> tile(1, "next") || tile(1, "now"));
        chromium.find("button", "Stop practising").click();
        assertTrue(chromium.shows("group", "Words to practise"));
    }

    @Test
    void marksTheLettersThatWereShownAndGoesOn() throws IOException {
        String letter = showALetter();
        chromium.find("checkbox", "Go on to the next letter by itself").click();
        chromium.radio("Letter", letter.equals("B") ? "D" : "B").click();
        chromium.radio("Letter", letter).click();
        String next = letter.equals("Z") ? "A" : String.valueOf((char) (letter.charAt(0) + 1));
        chromium.until(
                "the next letter is asked for",
                () -> chromium.element("letter").getText().equals(next));
        assertTrue(chromium.radio("Letter", next).isSelected());
        open();
        assertEquals("1 of 26 shown so far", chromium.element("marks").getText());
        chromium.find("button", "Begin anew").click();
        assertEquals("0 of 26 shown so far", chromium.element("marks").getText());
    }

    /**
     * Shows pictures of the hand in different attitudes until it is taken for a letter beyond doubt, and asks for it.
     *
     * @return the letter
     */
    private static String showALetter() throws IOException {
        for (int degrees = 135; degrees < 135 + 360; degrees += 15) {
            startWith(turned(degrees));
            String[] first = {""};
            chromium.until("a letter is seen", () -> {
                first[0] = seen();
                return first[0].matches("[A-Z]");
            });
            String letter = first[0];
            chromium.radio("Letter", letter).click();
            chromium.until("the letter is judged", () -> seen().matches("[A-Z]"));
            if (verdict().equals("That is %s %s.".formatted("AEFHILMNORSX".contains(letter) ? "an" : "a", letter))) {
                return letter;
            }
            chromium.find("button", "Stop").click();
        }
        throw new AssertionError("The hand was taken for no letter in any attitude");
    }

    /** The photograph, turned about the middle of the hand, which then is in the middle of the picture. */
    private static Path turned(int degrees) throws IOException {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setColor(Color.GRAY);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.translate(WIDTH / 2, HEIGHT / 2);
        graphics.rotate(Math.toRadians(degrees));
        graphics.translate(-195, -225);
        graphics.drawImage(photograph(), 0, 0, null);
        graphics.dispose();
        Path file = folder.resolve("turned-%d.png".formatted(degrees));
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }

    @Test
    void refusesAWordWithoutLetters() {
        chromium.radio("Practise", "Words").click();
        WebElement field = chromium.find("textbox", "A word of your own");
        field.sendKeys("123", Keys.ENTER);
        assertEquals(
                "A word needs at least one letter from A to Z.",
                chromium.run("return arguments[0].validationMessage", field));
        assertFalse(chromium.shows("button", "Skip this letter"));
    }

    @Test
    void startsTheCameraForAWord() {
        chromium.radio("Practise", "Words").click();
        chromium.find("button", "JAZZ").click();
        handIsSeen();
        assertEquals("J", chromium.element("letter").getText());
    }

    /** The module alone, with a clock of its own: A counts in full, J took twice its time, Z was skipped. */
    @Test
    void scoresByTheTimeEachLetterTook() {
        assertEquals(List.of(2_000L, 12_000L, 50L, "Z", "J"), chromium.await("""
            const done = arguments[0];
            import('./js/practice.js').then(({ Practice }) => {
              const practice = new Practice('AJZ');
              practice.watched(1_000);
              practice.see('B', 0.99, 1_500);
              practice.see('A', 0.69, 2_000);
              practice.see('A', 0.7, 3_000);
              practice.watched(10_000);
              practice.watched(11_000);
              const next = practice.letter;
              practice.see('J', 0.9, 22_000);
              const last = practice.letter;
              practice.skip();
              const [first, second] = practice.steps;
              done([first.millis, second.millis, practice.score, last, next]);
            });"""));
    }

    @Test
    void mirrorsTheDrawingForTheLeftHandAndRemembersIt() {
        assertEquals(1, drawingScale());
        chromium.radio("Hand you spell with", "Left").click();
        assertEquals(-1, drawingScale());
        chromium.find("img", "The letter A as a left hand shows it");
        open();
        assertTrue(chromium.radio("Hand you spell with", "Left").isSelected());
        assertEquals(-1, drawingScale());
    }

    private static long drawingScale() {
        return chromium.number("new DOMMatrix(getComputedStyle(document.getElementById('drawing')).transform).a");
    }

    @Test
    void saysWhenTheHandIsGone() throws IOException {
        startCamera();
        Path wall = folder.resolve("wall.png");
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(picture, "png", wall.toFile());
        startWith(wall, "No hand in view. Hold your right hand up before the camera.");
        assertEquals(0, chromium.number("Number(document.getElementById('skeleton').dataset.hands)"));
        assertEquals("–", seen());
    }

    @Test
    void stopLetsTheCameraGo() {
        startCamera();
        stop();
        assertEquals("Press Start, then show the letter to the camera.", verdict());
    }

    @Test
    void reconnectsByItselfAndAsksForTheLetterAgain() {
        startCamera();
        chromium.radio("Letter", "H").click();
        breakTheConnection("verdict", "Waiting for the server.");
        chromium.until("the page watches again", () -> chromium.status().equals("Watching"));
        chromium.until("the server judges the hand again", () -> seen().matches("[A-Z]"));
        assertEquals(2, chromium.number("witness.sockets.length"));
    }

    @Test
    void showsWhatTheServerCannotDo() throws Exception {
        assertEquals(200, operate("DELETE", "/api/models/letter", "").statusCode());
        try {
            chromium.find("button", "Start").click();
            chromium.until(
                    "the page says so", () -> chromium.notices().contains("The server could not look at a frame."));
        } finally {
            serve("letter", 1);
        }
        handIsSeen();
        chromium.until("the notice has gone", () -> chromium.notices().isEmpty());
    }

    @Test
    void worksByKeyboardAlone() {
        chromium.tabTo("Start");
        chromium.press(Keys.ENTER);
        handIsSeen();
        assertEquals("Stop", chromium.focused());
        chromium.tabTo("A");
        chromium.press(Keys.ARROW_RIGHT);
        assertEquals("B", chromium.element("letter").getText());
        chromium.tabTo("Letters");
        chromium.press(Keys.ARROW_RIGHT);
        chromium.tabTo("CAB");
        chromium.press(Keys.ENTER);
        assertEquals("C", chromium.element("letter").getText());
    }

    @Test
    void leadsFromPageToPage() {
        chromium.find("link", "Segmentation").click();
        chromium.until("the other page is connected", () -> chromium.shows("button", "Play the sample"));
        chromium.find("link", "Fingerspelling").click();
        chromium.until("this page is there again", () -> chromium.shows("meter", "How close"));
    }

    @Test
    void fitsATelephone() {
        fitsATelephoneInBothThemes();
        startCamera();
        chromium.untilItFits();
        chromium.radio("Practise", "Words").click();
        chromium.untilItFits();
        chromium.find("textbox", "A word of your own").sendKeys("INCOMPREHENSIBLE", Keys.ENTER);
        chromium.find("button", "Skip this letter");
        chromium.untilItFits();
    }

    @Test
    void looksLikeThisAtWork() throws IOException {
        startCamera();
        chromium.radio("Letter", "B").click();
        chromium.until("a letter is seen", () -> seen().matches("[A-Z]"));
        photograph("coach", 1280, 960);
        photograph("coach-narrow", 390, 1180);
    }

    private static void startCamera() {
        chromium.find("button", "Start").click();
        handIsSeen();
    }

    private static void handIsSeen() {
        chromium.until(
                "the hand is drawn", () -> chromium.holds("document.getElementById('skeleton').dataset.hands === '1'"));
    }

    private static void startWith(Path picture) {
        choose(picture);
        handIsSeen();
    }

    private static void startWith(Path picture, String verdict) {
        choose(picture);
        chromium.until("the page says so", () -> verdict().equals(verdict));
    }

    /** Starts where nothing runs yet, and changes the source where something does. */
    private static void choose(Path picture) {
        chromium.radio("Source", "Picture or clip").click();
        chromium.find("file", "File from this device")
                .sendKeys(picture.toAbsolutePath().normalize().toString());
        if (chromium.shows("button", "Start")) {
            chromium.find("button", "Start").click();
        }
    }

    private static String seen() {
        return chromium.element("seen").getText();
    }

    private static String verdict() {
        return chromium.element("verdict").getText();
    }

    private static boolean tile(int place, String state) {
        return chromium.holds(
                "document.getElementById('tiles').children[arguments[0]]?.dataset.state === arguments[1]",
                place,
                state);
    }
}
