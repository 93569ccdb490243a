package dev.osprey.signs;

import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import dev.osprey.socket.DataUrl;
import dev.osprey.socket.JsonMessage;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client over a plain WebSocket. Messages come one at a time; the end may come at any time. */
final class SignsConnection implements StreamEndpoint.Receiver {

    private static final Logger LOG = System.getLogger(SignsConnection.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    /** Predictions that wait for a client that reads; 60 bytes each. */
    private static final int CONGESTED = 32;

    private final Signs shared;
    private final Connection connection;
    private final Answers answers;

    /** Null where the client was not let in. */
    private final @Nullable SignStream stream;

    SignsConnection(Signs shared, Connection connection, Set<Feature> features) {
        this.shared = shared;
        this.connection = connection;
        this.answers = new Answers(
                () -> connection.outbox().waiting() >= CONGESTED,
                prediction -> send("prediction", Messages.prediction(prediction, features)),
                shared.limits().maxBytes(),
                connection::closeFlooded);
        if (shared.tryEnter()) {
            stream = new SignStream(shared, connection.activity());
            connection.outbox().whenRoomIsMade(answers::send);
            send("info", Messages.message("ready"));
        } else {
            stream = null;
            connection.close(
                    CloseCode.TRY_AGAIN_LATER,
                    "Server at capacity: the limit is %d clients"
                            .formatted(shared.settings().maxClients()));
        }
    }

    private void send(String type, JsonObject message) {
        Optional<Place> place = connection.outbox().tryReserve();
        if (place.isPresent()) {
            place.get().fill(() -> new Reply.Text(Messages.typed(type, message)));
        } else {
            connection.closeFlooded();
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void text(String message) {
        if (stream != null) {
            try {
                receive(stream, message);
            } catch (RuntimeException e) {
                RATIONED.log(
                        Level.WARNING,
                        "A message could not be handled",
                        "stream " + connection.activity().id(),
                        e);
                send("error", Messages.message("server error: the message could not be handled"));
                connection
                        .outbox()
                        .whenEmpty(() -> connection.close(CloseCode.INTERNAL_ERROR, "a message could not be handled"));
            }
        }
    }

    private void receive(SignStream into, String message) {
        String payload = payload(message);
        if (payload == null) {
            refuse(into, "invalid payload: expected {\"type\": \"frame\", \"data\": base64 text}");
            return;
        }
        try {
            answers.add(into.frame(ByteBuffer.wrap(DataUrl.bytes(payload))), () -> {}, 0);
        } catch (IllegalArgumentException e) {
            refuse(into, "decode/preprocess error: data is no base64");
        } catch (OspreyException e) {
            send("error", Messages.message("decode/preprocess error: " + e.detail()));
        }
    }

    private void refuse(SignStream into, String sentence) {
        into.refused("INVALID_MESSAGE", sentence);
        send("error", Messages.message(sentence));
    }

    /** The frame's data; null where the message is none of the protocol's. */
    private static @Nullable String payload(String message) {
        return JsonMessage.readObject(message)
                .filter(object -> object.get("type") instanceof JsonString type
                        && type.getString().equals("frame"))
                .map(object -> object.get("data") instanceof JsonString data ? data.getString() : null)
                .orElse(null);
    }

    @Override
    public void binary(ByteBuffer message) {
        if (stream != null) {
            refuse(stream, "invalid payload: expected a text message, found a binary one");
        }
    }

    @Override
    public void end() {
        connection.end();
        if (stream != null) {
            stream.end();
            shared.left();
        }
    }
}
