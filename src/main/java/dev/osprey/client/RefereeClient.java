package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Camera;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a bout to the referee and prints who has the right of way; the command behind {@code osprey-referee.jar}. */
@Command(
        name = "osprey-referee",
        sortOptions = false,
        usageHelpWidth = 100,
        customSynopsis = {
            "java -jar osprey-referee.jar [OPTIONS] VIDEO SIGNAL",
            "       java -jar osprey-referee.jar [OPTIONS] --camera=N SIGNAL"
        },
        description = {
            "",
            "Sends a fencing phrase to an Osprey server, frame by frame, then the text file of the scoring box, and"
                    + " prints the decision.",
            ""
        },
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  decided, or nothing to decide: only one fencer hit",
            "  1  the server refused the session or could not process it",
            "  2  an option is wrong, or a file or camera cannot be used",
            "  3  no connection, lost for good, or no answer in time",
            "",
            "Examples:",
            "  java -jar osprey-referee.jar bout.mp4 bout.txt",
            "  java -jar osprey-referee.jar --server https://referee.example --output result.json bout.mp4 bout.txt",
            "  java -jar osprey-referee.jar --camera 0 --seconds 20 bout.txt"
        })
public final class RefereeClient implements Callable<Integer> {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** A server that restarts is back before. */
    private static final Duration LONGEST_LOSS = Duration.ofMinutes(2);

    private static final Duration SIGNAL_PATIENCE = Duration.ofMinutes(2);

    /** Encoded pictures of a file that wait to be sent. */
    private static final int ROOM_OF_FILE = 8;

    private static final int MOST_ROOM_OF_CAMERA = 300;
    private static final long ROOM_BYTES_OF_CAMERA = 128L << 20;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    private static final double MOST_FPS = 1000;

    @Parameters(
            arity = "1..2",
            paramLabel = "FILE",
            description = {
                "VIDEO: the bout, as MP4, MOV, MKV, WebM or AVI. Not with --camera.",
                "SIGNAL: the scoring box's text file. With --camera it may appear only when the recording ends."
            })
    private List<Path> files = List.of();

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "The server: http, https, ws or wss (default: ${DEFAULT-VALUE}).")
    private String server = "";

    @Option(
            names = "--session",
            paramLabel = "ID",
            description =
                    "Name of the session, up to 128 characters (default: the date, the time and the video's name).")
    private @Nullable String session;

    @Option(
            names = "--resume",
            description = "Go on with the session named by --session, which an earlier run has left unfinished.")
    private boolean resume;

    @Option(
            names = "--encoding",
            paramLabel = "KIND",
            defaultValue = "jpeg",
            description = "How frames are sent: jpeg, png or raw (default: ${DEFAULT-VALUE}).")
    private Encoding encoding = Encoding.JPEG;

    @Option(
            names = "--quality",
            paramLabel = "N",
            defaultValue = "85",
            description = "Of JPEG, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int quality;

    @Option(
            names = "--fps",
            paramLabel = "N",
            description = "Frames sent for each second of the bout; pictures are left out or repeated to that end"
                    + " (default: the video's or the camera's own rate).")
    private @Nullable Double fps;

    @Option(names = "--realtime", description = "Send a video as fast as it was fenced, not as fast as possible.")
    private boolean realtime;

    @Option(
            names = "--camera",
            paramLabel = "N",
            description = "Record from this camera, 0 for the first, until Enter is pressed or --seconds have passed.")
    private @Nullable Integer camera;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of the recording, with --camera.")
    private @Nullable Double seconds;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            defaultValue = "1280x720",
            description = "What the camera is asked for, in pixels (default: ${DEFAULT-VALUE}).")
    private String size = "";

    @Option(names = "--output", paramLabel = "FILE", description = "Write the whole result there, as JSON.")
    private @Nullable Path output;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "600",
            description = "Seconds to wait for a server that is there and says nothing (default: ${DEFAULT-VALUE}).")
    private double timeout;

    @Option(
            names = "--progress",
            negatable = true,
            description = "A line that shows frames, rate and megabits, then the server's stages; by default where the"
                    + " output is a terminal.")
    private @Nullable Boolean progress;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell more: connections, what the server reports, stages, counts.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli looks at the option, not at its value.
    private boolean help;

    private final PrintStream out;
    private final PrintStream err;

    private final List<Duration> retries;

    private RefereeClient(PrintStream out, PrintStream err, List<Duration> retries) {
        this.out = out;
        this.err = err;
        this.retries = retries;
    }

    /** Runs the command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) {
        prepareNatives();
        // From JDK 22 to 24 there is a console even where the output goes to a file, unless it is the old one.
        System.getProperties().putIfAbsent("jdk.console", "java.base");
        System.exit(run(System.out, System.err, retries(), arguments));
    }

    /**
     * Unpacks native libraries where the server does, not in the home folder; and does not count, as JavaCPP would, the
     * memory of the virtual machine against that of pictures.
     */
    private static void prepareNatives() {
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        CodeSource source = RefereeClient.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return;
        }
        try {
            Path libraries = Path.of(source.getLocation().toURI()).resolveSibling("server");
            if (Files.isWritable(libraries)) {
                System.getProperties()
                        .putIfAbsent(
                                "org.bytedeco.javacpp.cachedir",
                                libraries.resolve("javacpp").toString());
            }
        } catch (URISyntaxException noFile) {
            // Then JavaCPP's own folder it is.
        }
    }

    /**
     * Everything but the end of the process.
     *
     * @param retries times between one try to connect again and the next
     */
    static int run(PrintStream out, PrintStream err, List<Duration> retries, String... arguments) {
        return new CommandLine(new RefereeClient(out, err, retries))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((wrong, given) -> {
                    err.println(wrong.getMessage());
                    err.println("--help tells how it is used.");
                    return ExitCode.USAGE.number();
                })
                .execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Verdict verdict = judge();
            verdict.lines().forEach(out::println);
            return write(verdict).number();
        } catch (ClientFailure e) {
            err.println(e.sentence());
            return e.exitCode().number();
        } catch (OspreyException e) {
            err.println("Cannot read the footage: " + e.reason());
            return ExitCode.USAGE.number();
        }
    }

    private ExitCode write(Verdict verdict) {
        if (output == null) {
            return ExitCode.DECIDED;
        }
        try {
            verdict.write(output);
            return ExitCode.DECIDED;
        } catch (IOException e) {
            err.println("Cannot write " + output + ": " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private Verdict judge() throws InterruptedException {
        check();
        URI address = StreamAddress.of(server);
        boolean live = camera != null;
        SignalFile signal = new SignalFile(files.get(files.size() - 1), live ? SIGNAL_PATIENCE : Duration.ZERO);
        if (!live) {
            signal.require();
        }
        Display display = new Display(err, progress == null ? isTerminal() : progress, verbose, System::nanoTime);
        // Opened before the server is asked for anything.
        Footage footage = footage();
        double rate = fps == null ? footage.frameRate() : fps;
        String id = session == null
                ? sessionId(live ? signal.name() : String.valueOf(files.get(0).getFileName()))
                : session;
        RefereeSession.Plan plan = new RefereeSession.Plan(
                address,
                id,
                rate,
                footage.width(),
                footage.height(),
                encoding,
                quality,
                live,
                footage.seconds(),
                resume,
                Duration.ofMillis((long) (timeout * 1000)),
                retries);
        int room = live ? roomOfCamera(footage) : ROOM_OF_FILE;
        Feed.Settings settings = new Feed.Settings(rate, encoding, quality, realtime && !live, room);
        OpenedFirst opened = new OpenedFirst(footage);
        try {
            return new Verdict(new RefereeSession(
                            plan, first -> started(new Feed(opened.next(), settings, first), display), signal, display)
                    .run());
        } finally {
            display.endLine();
            opened.close();
        }
    }

    @SuppressWarnings("SystemConsoleNull") // See main.
    private static boolean isTerminal() {
        return System.console() != null;
    }

    /** The footage that has been opened already, and after it the same anew. */
    private final class OpenedFirst implements AutoCloseable {

        private @Nullable Footage opened;

        private OpenedFirst(Footage opened) {
            this.opened = opened;
        }

        private Footage next() {
            Footage next = opened == null ? footage() : opened;
            opened = null;
            return next;
        }

        @Override
        public void close() {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private Footage footage() {
        if (camera == null) {
            return new VideoFile(files.get(0));
        }
        Matcher sides = SIZE.matcher(size);
        if (!sides.matches()) {
            throw usage("--size is " + size + ", expected something like 1280x720");
        }
        Camera.Wish wish = new Camera.Wish(
                Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)), fps == null ? 30 : fps);
        return new LiveCamera(camera, wish, seconds == null ? 0 : seconds);
    }

    /** A recording without an end of its own ends when Enter is pressed, or there is nobody who could press it. */
    private Feed started(Feed feed, Display display) {
        if (camera != null && seconds == null) {
            display.note("Recording. Press Enter when the phrase is over");
            Thread enter = new Thread(
                    () -> {
                        try {
                            for (int typed = System.in.read(); typed >= 0 && typed != '\n'; typed = System.in.read()) {}
                        } catch (IOException closed) {
                            // Nobody can press anything.
                        }
                        feed.stop();
                    },
                    "enter");
            enter.setDaemon(true);
            enter.start();
        } else if (camera != null) {
            display.note("Recording for " + seconds + " s");
        }
        return feed;
    }

    private int roomOfCamera(Footage footage) {
        long pictures = ROOM_BYTES_OF_CAMERA / encoding.typicalBytes(footage.width(), footage.height());
        return (int) Math.max(ROOM_OF_FILE, Math.min(MOST_ROOM_OF_CAMERA, pictures));
    }

    private void check() {
        int needed = camera == null ? 2 : 1;
        if (files.size() != needed) {
            throw usage(
                    needed == 2
                            ? "A video and a signal file are needed"
                            : "With --camera only a signal file is needed");
        } else if (quality < 1 || quality > 100) {
            throw usage("--quality is " + quality + ", allowed are 1 to 100");
        } else if (fps != null && !(fps > 0 && fps <= MOST_FPS)) {
            throw usage("--fps is " + fps + ", allowed is up to " + MOST_FPS);
        } else if (seconds != null && !(seconds > 0)) {
            throw usage("--seconds is " + seconds + ", expected more than 0");
        } else if (seconds != null && camera == null) {
            throw usage("--seconds needs --camera");
        } else if (!(timeout > 0)) {
            throw usage("--timeout is " + timeout + ", expected more than 0");
        } else if (session != null && (session.isEmpty() || session.length() > 128)) {
            throw usage("--session has " + session.length() + " characters, allowed are 1 to 128");
        } else if (resume && (session == null || camera != null)) {
            throw usage("--resume needs --session and a video");
        }
        Path folder = output == null ? null : output.toAbsolutePath().getParent();
        if (folder != null && (!Files.isWritable(folder) || (output != null && Files.isDirectory(output)))) {
            throw usage("The result cannot be written to " + output);
        }
    }

    private static ClientFailure usage(String sentence) {
        return new ClientFailure(ExitCode.USAGE, sentence + ". --help tells how it is used");
    }

    /** Such as {@code 20251106_170116_phrase04}: unique enough, and sorted by time. */
    static String sessionId(String fileName) {
        int dot = fileName.lastIndexOf('.');
        String stem = dot > 0 ? fileName.substring(0, dot) : fileName;
        String harmless = stem.replaceAll("[^\\p{L}\\p{N}_-]", "_");
        return LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss")) + "_"
                + harmless.substring(0, Math.min(100, harmless.length()));
    }

    /** Times between one try to connect again and the next: each twice the one before, about two minutes in all. */
    static List<Duration> retries() {
        List<Duration> pauses = new ArrayList<>();
        Duration total = Duration.ZERO;
        for (Duration pause = FIRST_PAUSE; total.compareTo(LONGEST_LOSS) < 0; ) {
            pauses.add(pause);
            total = total.plus(pause);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
        return pauses;
    }
}
