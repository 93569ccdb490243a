package dev.osprey.client;

import java.net.URI;
import java.util.Locale;
import java.util.Map;

/** The stream's address, from the server's as its users know it. */
final class StreamAddress {

    private static final String PATH = "/stream";

    private static final Map<String, String> SCHEMES = Map.of("http", "ws", "https", "wss", "ws", "ws", "wss", "wss");

    private StreamAddress() {}

    /**
     * As the protocol says: {@code ws} for {@code http}, and {@code /stream} behind what there is.
     *
     * @throws ClientFailure for an address that is none
     */
    static URI of(String server) {
        String address = server.contains("://") ? server : "http://" + server;
        int colon = address.indexOf(':');
        String scheme = SCHEMES.get(address.substring(0, colon).toLowerCase(Locale.ROOT));
        String rest = address.substring(colon);
        while (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        try {
            URI stream = URI.create(scheme + rest + (rest.endsWith(PATH) ? "" : PATH));
            if (scheme != null
                    && stream.getHost() != null
                    && stream.getRawQuery() == null
                    && stream.getRawFragment() == null) {
                return stream;
            }
        } catch (IllegalArgumentException noUri) {
            throw noServer(server);
        }
        throw noServer(server);
    }

    private static ClientFailure noServer(String server) {
        return new ClientFailure(
                ExitCode.USAGE, "\"" + server + "\" is no address of a server, such as http://127.0.0.1:8080");
    }
}
