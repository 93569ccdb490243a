package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https | | true",
                "HTTPS | | true",
                "https, http | | true",
                "http | | false",
                "http, https | | false",
                "http | proto=https | false",
                "| proto=https | true",
                "| for=192.0.2.1;Proto=\"https\";by=203.0.113.43 | true",
                "| for=\"[2001:db8::1]\"; proto=https, for=10.0.0.1;proto=http | true",
                "| for=192.0.2.1, for=10.0.0.1;proto=https | false",
                "| for=https;proto=http | false",
                "| proto | false",
                "| httpsproto=https | false",
                "| | false"
            })
    void readsHowTheFirstProxyWasAsked(@Nullable String forwardedProto, @Nullable String forwarded, boolean tls) {
        assertEquals(tls, Forwarded.cameByTls(forwardedProto, forwarded));
    }
}
