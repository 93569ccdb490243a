package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fingerspelling.Fingerspelling;
import dev.osprey.referee.Referee;
import dev.osprey.segmentation.Segmentation;
import dev.osprey.signs.Signs;
import dev.osprey.socketio.SocketIo;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.LiveStream;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Who is connected, of all capabilities and on every wire. Any thread. */
@Singleton
public class Streams {

    private final Segmentation segmentation;
    private final Fingerspelling fingerspelling;
    private final Signs signs;
    private final Referee referee;
    private final SocketIo socketIo;

    @Inject
    Streams(Segmentation segmentation, Fingerspelling fingerspelling, Signs signs, Referee referee, SocketIo socketIo) {
        this.segmentation = segmentation;
        this.fingerspelling = fingerspelling;
        this.signs = signs;
        this.referee = referee;
        this.socketIo = socketIo;
    }

    /** The oldest first. */
    List<LiveStream> open() {
        return Stream.of(
                        segmentation.connections().streams(),
                        fingerspelling.connections().streams(),
                        signs.connections().streams(),
                        referee.connections().streams(),
                        socketIo.streams())
                .flatMap(List::stream)
                .sorted(Comparator.comparing(stream -> stream.activity().since()))
                .toList();
    }

    /** Closes those whose callers there is something to be said against. */
    void closeWhere(Function<Caller, Optional<String>> objection) {
        for (LiveStream stream : open()) {
            objection.apply(stream.caller()).ifPresent(why -> stream.close(CloseCode.POLICY_VIOLATED, why));
        }
    }

    /** @throws OspreyException {@link ErrorCode#STREAM_UNKNOWN} */
    void close(String id) {
        open().stream()
                .filter(stream -> stream.activity().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.STREAM_UNKNOWN, "There is no stream of that id; it may have ended meanwhile"))
                .close(CloseCode.POLICY_VIOLATED, "closed by the operator");
    }
}
