package dev.osprey.segmentation;

import dev.osprey.access.AccessControl;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The server's own first client: it streams a few frames through the real entrance before the server says that it is
 * ready, and one in every mode, so that nobody else meets classes that are not loaded, code that is not compiled and
 * workers that have not started yet. Also the proof that the address announced is the one that answers, in all modes.
 */
@ApplicationScoped
public class Rehearsal {

    private static final Logger LOG = System.getLogger(Rehearsal.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FRAMES = 10;

    /** Models that take seconds a frame are not waited for {@link #FRAMES} times. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(5);

    private final @Nullable Provider<Segmentation> segmentation;
    private volatile boolean over;

    @Resource
    private @Nullable ManagedExecutorService executor;

    /** For the container's proxy. */
    protected Rehearsal() {
        this.segmentation = null;
    }

    @Inject
    Rehearsal(Provider<Segmentation> segmentation) {
        this.segmentation = segmentation;
    }

    /** Whether the rehearsal is over, however it went. */
    public boolean isOver() {
        return over;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (executor != null) {
            executor.execute(this::rehearse);
        }
    }

    private void rehearse() {
        if (segmentation == null) {
            return;
        }
        try {
            rehearse(segmentation.get().config().server());
        } catch (OspreyException e) {
            LOG.log(Level.DEBUG, "There is nothing to rehearse: the start failed", e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "Osprey is not ready: it cannot stream to itself", e);
        }
    }

    private void rehearse(OspreyConfig.Server server) {
        String address = "ws://" + host(server.address()) + ":" + server.port() + "/ws?features=binary";
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        HttpClient http = HttpClient.newHttpClient();
        boolean streamed = false;
        try {
            while (!streamed && System.nanoTime() < giveUp) {
                streamed = tryStream(http, address);
                if (!streamed) {
                    Thread.sleep(100);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        over = true;
        if (streamed) {
            LOG.log(
                    Level.INFO,
                    "Osprey is ready at http://{0}:{1}/",
                    host(server.address()),
                    Integer.toString(server.port()));
        } else {
            LOG.log(
                    Level.WARNING,
                    "Osprey is ready, but did not reach itself at {0}: osprey.server.address and osprey.server.port"
                            + " should say where it listens",
                    address);
        }
    }

    /** The listener as this machine reaches it, in the form of an address in the Web. */
    static String host(String listener) {
        return switch (listener) {
            // On every interface, so also on this machine's own.
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            default -> listener.contains(":") ? "[" + listener + "]" : listener;
        };
    }

    private static boolean tryStream(HttpClient http, String address) throws InterruptedException {
        Answers answers = new Answers();
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .header("Authorization", AccessControl.ownCredential())
                    .buildAsync(URI.create(address), answers)
                    .get(5, TimeUnit.SECONDS);
            boolean streamed = false;
            try {
                streamed = stream(socket, answers);
            } finally {
                if (!streamed) {
                    socket.abort();
                }
            }
            return streamed;
        } catch (ExecutionException | TimeoutException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "The server does not answer yet", e);
            return false;
        }
    }

    /** Whether every frame was answered in time. */
    private static boolean stream(WebSocket socket, Answers answers)
            throws InterruptedException, ExecutionException, TimeoutException {
        byte[] jpeg = picture();
        long end = System.nanoTime() + LONG_ENOUGH.toNanos();
        for (int i = 0; i < FRAMES && (i < 2 || System.nanoTime() < end); i++) {
            if (i % 2 == 0) {
                socket.sendText(frameText(jpeg), true).get(5, TimeUnit.SECONDS);
            } else {
                socket.sendBinary(frameBytes(jpeg), true).get(5, TimeUnit.SECONDS);
            }
            if (!answers.arrive()) {
                return false;
            }
        }
        for (String mode : Mode.WIRE_NAMES) {
            socket.sendText("{\"type\":\"change_mode\",\"model_mode\":\"" + mode + "\"}", true)
                    .get(5, TimeUnit.SECONDS);
            socket.sendBinary(frameBytes(jpeg), true).get(5, TimeUnit.SECONDS);
            if (!answers.arrive()) {
                return false;
            }
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(5, TimeUnit.SECONDS);
        return true;
    }

    /** 640 × 480 with colours that make a JPEG of a usual size. */
    private static byte[] picture() {
        byte[] rgb = new byte[640 * 480 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % 640 / 3 + (i / 1_920 ^ i / 3) % 32 * 2);
        }
        try (Picture picture = Picture.ofRgb(640, 480, rgb)) {
            return picture.jpeg(80);
        }
    }

    private static String frameText(byte[] jpeg) {
        return "{\"type\":\"frame\",\"data\":\"" + Base64.getEncoder().encodeToString(jpeg) + "\"}";
    }

    private static ByteBuffer frameBytes(byte[] jpeg) {
        byte[] header = "{\"type\":\"frame\"}".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + header.length + jpeg.length)
                .putInt(header.length)
                .put(header)
                .put(jpeg)
                .flip();
    }

    /** Counts pictures; an error is none. */
    private static final class Answers implements WebSocket.Listener {

        private static final String PICTURE = "\"type\":\"segmentation\"";
        private static final int HEAD_LENGTH = 64;

        private final Semaphore arrived = new Semaphore(0);
        private final StringBuilder head = new StringBuilder();

        /** Whether a picture comes in time. */
        boolean arrive() throws InterruptedException {
            return arrived.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            return count(socket, part.toString(), last);
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            return count(socket, StandardCharsets.ISO_8859_1.decode(part).toString(), last);
        }

        private @Nullable CompletionStage<?> count(WebSocket socket, String part, boolean last) {
            // Parts end anywhere, also inside the first words.
            head.append(part, 0, Math.min(part.length(), HEAD_LENGTH - head.length()));
            if (last) {
                if (head.indexOf(PICTURE) >= 0) {
                    arrived.release();
                }
                head.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
