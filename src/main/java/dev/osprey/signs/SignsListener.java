package dev.osprey.signs;

import dev.osprey.fault.OspreyException;
import dev.osprey.socket.DataUrl;
import dev.osprey.socket.Features;
import dev.osprey.socketio.IoListener;
import dev.osprey.socketio.IoSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client over Socket.IO, who may also be none of this capability's: it is one from its first {@code frame} on. */
final class SignsListener implements IoListener {

    private static final String FRAME = "frame";
    private static final String AT_CAPACITY = "Server at capacity, please try again later";

    private final Signs shared;
    private final IoSocket socket;
    private final Answers answers;

    /** Null before the first frame, and after the end. */
    private @Nullable SignStream stream;

    private boolean ended;
    private long lastErrorNanos;
    private boolean hasErred;

    SignsListener(Signs shared, IoSocket socket) {
        this.shared = shared;
        this.socket = socket;
        Set<Feature> features =
                Features.of(Feature.class, List.of(socket.query().getOrDefault("features", "")));
        this.answers = new Answers(
                socket::isCongested,
                prediction -> socket.emit("prediction", Messages.prediction(prediction, features)),
                shared.limits().maxBytes(),
                socket::disconnect);
        socket.whenRoomIsMade(answers::send);
        socket.emit("status", Messages.message("ready"));
    }

    @Override
    public void event(String name, List<@Nullable Object> arguments, Runnable acknowledge) {
        if (!name.equals(FRAME)) {
            return;
        }
        Entry entry = enter();
        if (entry.refused()) {
            socket.emit("error", Messages.message(AT_CAPACITY));
            socket.disconnect();
        } else if (entry.stream() != null) {
            frame(entry.stream(), arguments, acknowledge);
        }
    }

    /** @param stream null where there is none, because the client was refused or has left */
    private record Entry(@Nullable SignStream stream, boolean refused) {}

    private synchronized Entry enter() {
        if (stream == null && !ended) {
            if (!shared.tryEnter()) {
                ended = true;
                return new Entry(null, true);
            }
            socket.activity().serves("signs");
            stream = new SignStream(shared, socket.activity());
        }
        return new Entry(stream, false);
    }

    private void frame(SignStream into, List<@Nullable Object> arguments, Runnable acknowledge) {
        try {
            ByteBuffer image = image(arguments);
            answers.add(into.frame(image), acknowledge, image.remaining());
        } catch (IllegalArgumentException e) {
            String sentence =
                    "frame has no image: expected an object with the base64 text or the bytes of one under \"image\"";
            into.refused("INVALID_MESSAGE", sentence);
            error(sentence);
        } catch (OspreyException e) {
            error(e.detail());
        }
    }

    /** @throws IllegalArgumentException where there is none */
    private static ByteBuffer image(List<@Nullable Object> arguments) {
        Object first = arguments.isEmpty() ? null : arguments.get(0);
        Object image = first instanceof Map<?, ?> fields ? fields.get("image") : null;
        if (image instanceof String text) {
            return ByteBuffer.wrap(DataUrl.bytes(text));
        } else if (image instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        throw new IllegalArgumentException("no image");
    }

    /** Tells of an error where the operator wants it, and not of too many. */
    private void error(String sentence) {
        long now = shared.nanoTime();
        synchronized (this) {
            boolean tooSoon = hasErred
                    && now - lastErrorNanos < shared.settings().errorInterval().toNanos();
            if (!shared.settings().answerErrors() || tooSoon) {
                return;
            }
            hasErred = true;
            lastErrorNanos = now;
        }
        socket.emit("error", Messages.message(sentence));
    }

    @Override
    public void end() {
        SignStream left;
        synchronized (this) {
            ended = true;
            left = stream;
            stream = null;
        }
        if (left != null) {
            left.end();
            shared.left();
        }
    }
}
