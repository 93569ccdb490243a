package dev.osprey.segmentation;

import dev.osprey.access.Scope;
import dev.osprey.socket.Handshake;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.Connection;
import jakarta.inject.Inject;
import jakarta.websocket.server.ServerEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /ws}: frames in, segmented frames out. */
@ServerEndpoint(value = "/ws", configurator = Handshake.class)
public class SegmentationEndpoint extends StreamEndpoint {

    private final Segmentation segmentation;

    @Inject
    SegmentationEndpoint(Segmentation segmentation) {
        super("segmentation", Set.of(Scope.SEGMENTATION), segmentation.connections(), segmentation.meters());
        this.segmentation = segmentation;
    }

    @Override
    protected Receiver open(Connection connection, Map<String, List<String>> query) {
        Set<Feature> features = Feature.of(query.getOrDefault("features", List.of()));
        SegmentationStream stream = new SegmentationStream(segmentation, connection, features);
        stream.open();
        return stream;
    }
}
