package dev.osprey.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What an exported file says of the network in it: {@code network}, {@code parameters}, {@code weights}. */
public final class NetworkFacts {

    private NetworkFacts() {}

    public static Map<String, String> read(Path network) throws IOException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(network.toString(), options)) {
                return session.getMetadata().getCustomMetadata();
            }
        } catch (OrtException e) {
            throw new IOException(network + " is no network", e);
        }
    }
}
