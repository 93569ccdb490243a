package dev.osprey;

import static java.util.Objects.requireNonNull;
import static java.util.logging.Level.SEVERE;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real Chromium without a window. Elements are found as visitors find them: by role and accessible name. */
public final class Chromium implements AutoCloseable {

    /** Long, because nothing here is about speed; what takes as long has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final Duration POLL = Duration.ofMillis(100);

    private static final Map<String, String> SELECTORS = Map.of(
            "button", "button",
            "checkbox", "input[type=checkbox]",
            "slider", "input[type=range]",
            "file", "input[type=file]",
            "img", "canvas, img, svg[role=img]",
            "textbox", "input[type=text]",
            "link", "a[href]",
            "list", "ol, ul",
            "dialog", "dialog",
            "radiogroup", "[role=radiogroup]");

    /**
     * Elements that a selector matches and that may have a name: of its first word there is something in what can name them. A
     * question to the browser for each name takes long; this leaves few.
     */
    private static final String PERHAPS_NAMED = """
        const [within, selector, name, isHiddenToo] = arguments;
        const [word] = name.split(' ');
        const says = (element) => element !== null && (element.textContent.includes(word)
          || [element, ...element.querySelectorAll('*')].some(({ attributes }) => [...attributes].some(({ value }) => value.includes(word))));
        const namers = (element) => [element, ...(element.labels ?? []),
          ...(element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id))];
        return [...(within ?? document).querySelectorAll(selector)].filter((element) =>
          (isHiddenToo || element.checkVisibility()) && namers(element).some(says));
        """;

    /** What {@link #watchSocketsAndCameras} puts before every page. */
    private static final String WITNESS = """
        window.witness = { sockets: [], tracks: [], isGone: false, secondMillis: 1_000 };
        const wait = window.setTimeout;
        window.setTimeout = (step, millis, ...rest) => wait(step, millis === 1_000 ? witness.secondMillis : millis, ...rest);
        window.WebSocket = class extends WebSocket {
          constructor(address) {
            // Where this server has nobody who answers: what is sent to others the pages' policy stops.
            super(witness.isGone ? `${location.origin.replace('http', 'ws')}/nobody` : address);
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

    /** Warns of every Chromium newer than Selenium; held here, because the log manager holds loggers weakly. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(SEVERE);
    }

    private final ChromeDriver driver;

    private Chromium(ChromeDriver driver) {
        this.driver = driver;
    }

    /** @param clip what its camera sees; every page may use it */
    static Chromium withCamera(Path clip) {
        return open(options -> options.addArguments(
                "--use-fake-ui-for-media-stream", "--use-file-for-fake-video-capture=" + clip.toAbsolutePath()));
    }

    /** For pages that are none of Osprey's. */
    static Chromium withoutCamera() {
        return open(options -> {});
    }

    /** Its visitor refuses every camera. */
    public static Chromium withRefusedCamera() {
        int refused = 2;
        return open(options -> options.setExperimentalOption(
                "prefs", Map.of("profile.default_content_setting_values.media_stream_camera", refused)));
    }

    private static Chromium open(Consumer<ChromeOptions> more) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Requires.program(
                        "Chromium",
                        "chromium",
                        "chromium-browser",
                        "google-chrome",
                        "google-chrome-stable",
                        "/Applications/Chromium.app/Contents/MacOS/Chromium",
                        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe")
                .toFile());
        // Without a sandbox, because containers run tests as root, where Chromium has none; the page is Osprey's own.
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--use-fake-device-for-media-stream");
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logging);
        more.accept(options);
        Path chromedriver = Requires.program(
                "ChromeDriver",
                "chromedriver",
                "/usr/lib/chromium/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
                "/snap/bin/chromium.chromedriver",
                "/opt/homebrew/bin/chromedriver");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .usingAnyFreePort()
                .build();
        return new Chromium(new ChromeDriver(service, options));
    }

    /**
     * Lets a test see the sockets and cameras of every page opened from now on, break the first, have nobody answer the next ones and
     * make the seconds short that the page waits before it tries again.
     */
    void watchSocketsAndCameras() {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WITNESS));
    }

    public void visit(URI address) {
        driver.get(address.toString());
    }

    /** Has a page opened that remembers nothing of those before. */
    void withoutMemory(Runnable opening) {
        Object script = driver.executeCdpCommand(
                        "Page.addScriptToEvaluateOnNewDocument", Map.of("source", "localStorage.clear()"))
                .get("identifier");
        try {
            opening.run();
        } finally {
            driver.executeCdpCommand(
                    "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", String.valueOf(script)));
        }
    }

    /** @param scheme {@code light} or {@code dark}, what the system asks for */
    public void look(int width, int height, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** As a system does whose visitor wants nothing to move. */
    void wantStillness() {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    public WebElement find(String role, String name) {
        List<WebElement> found = new ArrayList<>();
        until("there is one %s “%s”".formatted(role, name), () -> {
            found.clear();
            found.addAll(candidates(role, name));
            return found.size() == 1;
        });
        return found.get(0);
    }

    public WebElement radio(String group, String name) {
        List<WebElement> found = new ArrayList<>();
        until("there is one “%s” in “%s”".formatted(name, group), () -> {
            found.clear();
            candidates("radiogroup", group)
                    .forEach(each -> found.addAll(named(name, perhapsNamed(each, "input", name, true))));
            return found.size() == 1;
        });
        return found.get(0);
    }

    boolean shows(String role, String name) {
        return !candidates(role, name).isEmpty();
    }

    private List<WebElement> candidates(String role, String name) {
        String selector = SELECTORS.getOrDefault(role, "[role=%s]".formatted(role));
        // What is hidden has no part in the page; a file input is always behind a button.
        return named(name, perhapsNamed(null, selector, name, role.equals("file")));
    }

    /** @param within the whole page where null */
    private List<?> perhapsNamed(@Nullable WebElement within, String selector, String name, boolean isHiddenToo) {
        return (List<?>) requireNonNull(driver.executeScript(PERHAPS_NAMED, within, selector, name, isHiddenToo));
    }

    private static List<WebElement> named(String name, List<?> elements) {
        return elements.stream()
                .map(WebElement.class::cast)
                .filter(element -> name.equals(element.getAccessibleName()))
                .toList();
    }

    /** For what has no role of its own. */
    public WebElement element(String id) {
        return driver.findElement(By.id(id));
    }

    String status() {
        return driver.findElement(By.cssSelector("[role=status]")).getText();
    }

    /** The text of all notices. */
    public String notices() {
        return driver.findElement(By.cssSelector("[role=alert]")).getText();
    }

    /** @param term of the description list “Live numbers” */
    String figure(String term) {
        return figure(driver.findElement(By.cssSelector("[aria-label='Live numbers']")), term);
    }

    /** @param group with a description list */
    String figure(WebElement group, String term) {
        return group.findElement(By.xpath(".//dt[normalize-space()='%s']/following-sibling::dd".formatted(term)))
                .getText();
    }

    /** The name of what has the focus. */
    String focused() {
        return String.valueOf(driver.switchTo().activeElement().getAccessibleName());
    }

    void press(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    /** Presses the tab key until the element has the focus. */
    void tabTo(String name) {
        for (int presses = 0; !focused().equals(name); presses++) {
            if (presses == 60) {
                throw new NoSuchElementException("the tab key does not reach “%s”".formatted(name));
            }
            press(Keys.TAB);
        }
    }

    @Nullable
    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** @param script calls its last argument with the result */
    @Nullable
    Object await(String script, Object... arguments) {
        return driver.executeAsyncScript(script, arguments);
    }

    public boolean holds(String condition, Object... arguments) {
        return Boolean.TRUE.equals(run("return " + condition, arguments));
    }

    long number(String expression, Object... arguments) {
        return run("return " + expression, arguments) instanceof Number number ? number.longValue() : 0;
    }

    /** @param expectation for the message, as in "the picture comes back" */
    public void until(String expectation, BooleanSupplier condition) {
        new WebDriverWait(driver, PATIENCE, POLL)
                // The page may replace what a condition looks at.
                .ignoring(StaleElementReferenceException.class)
                .withMessage(() -> "%s; status: %s; notices: %s".formatted(expectation, status(), notices()))
                .until(ignored -> condition.getAsBoolean());
    }

    /**
     * For what need not last: whether it was so once, be it only until the next event.
     *
     * @param condition on the document, in JavaScript
     * @param action that brings it about
     */
    void once(String expectation, String condition, Runnable action) {
        run("""
            witness.seen = false;
            new MutationObserver((_, observer) => {
              if (%s) {
                witness.seen = true;
                observer.disconnect();
              }
            }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
            """.formatted(condition));
        action.run();
        until(expectation, () -> holds("witness.seen"));
    }

    /** Waits until the page is no wider than the window. */
    void untilItFits() {
        until(
                "the page is no wider than the window",
                () -> holds("document.scrollingElement.scrollWidth <= innerWidth"));
    }

    /** The texts of elements, all of one moment. */
    List<String> texts(WebElement within, String selector) {
        Object texts = run(
                "return [...arguments[0].querySelectorAll(arguments[1])].map((each) => each.innerText.trim())",
                within,
                selector);
        return ((List<?>) requireNonNull(texts)).stream().map(String::valueOf).toList();
    }

    /** The colour of the page itself. */
    String paper() {
        return String.valueOf(run("return getComputedStyle(document.body).backgroundColor"));
    }

    void photograph(Path file) throws IOException {
        // Away from what was clicked last, which would look hovered.
        new Actions(driver).moveToLocation(0, 0).perform();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** What the console has had to say since the last call, errors only. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= SEVERE.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** As {@link #errors()}, once there are so many: the browser has its own time for them. */
    List<String> errors(int expected) {
        List<String> all = new ArrayList<>();
        until("the console tells of %d errors".formatted(expected), () -> {
            all.addAll(errors());
            return all.size() >= expected;
        });
        return all;
    }

    @Override
    public void close() {
        driver.quit();
    }
}
