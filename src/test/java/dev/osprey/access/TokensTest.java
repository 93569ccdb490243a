package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

    private static final String ISSUER = "https://issuer.example";

    private final Path folder;

    TokensTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static ECKey key(String id) throws JOSEException {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private Tokens tokens(ECKey key) throws IOException {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, new JWKSet(key).toString());
        return tokens(file.toString());
    }

    private static Tokens tokens(String keys) {
        return new Tokens(TestConfig.with(
                        "access.token-issuer", ISSUER,
                        "access.token-keys", keys,
                        "access.token-audience", "osprey")
                .access());
    }

    private static JWTClaimsSet.Builder claims(String... groups) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("osprey")
                .subject("4711")
                .claim("upn", "anna@example.org")
                .claim("groups", List.of(groups))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)));
    }

    private static String signed(JWTClaimsSet claims, ECKey key) throws JOSEException {
        return signed(claims, JWSAlgorithm.ES256, key.getKeyID(), new ECDSASigner(key));
    }

    private static String signed(JWTClaimsSet claims, JWSAlgorithm algorithm, String keyId, JWSSigner signer)
            throws JOSEException {
        SignedJWT token =
                new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private static void assertRefused(Tokens tokens, String token) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> tokens.caller(token));
        assertEquals(ErrorCode.UNAUTHENTICATED, refusal.code());
    }

    @Test
    void sayHowLongTheyCount() throws Exception {
        ECKey key = key("1");
        Tokens tokens = tokens(key);
        Instant end = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.SECONDS);
        assertEquals(
                new Credential.Token(end.plusSeconds(60)),
                tokens.caller(signed(
                                claims("osprey-user")
                                        .expirationTime(Date.from(end))
                                        .build(),
                                key))
                        .credential());
    }

    @Test
    void saysWhoAndWhatFor() throws JOSEException, IOException {
        ECKey key = key("1");
        Tokens tokens = tokens(key);

        Caller anna = tokens.caller(signed(claims("osprey-signs", "staff").build(), key));
        assertEquals(Optional.of("token:4711"), anna.owner());
        assertEquals("anna@example.org", anna.name());
        assertTrue(anna.may(Scope.SIGNS));
        assertFalse(anna.may(Scope.REFEREE));
        assertFalse(anna.operator());

        assertTrue(tokens.caller(signed(claims("osprey-user").build(), key)).may(Scope.STUDIO));
        assertFalse(tokens.caller(signed(claims("osprey-user").build(), key)).may(Scope.METRICS));
        assertTrue(tokens.caller(signed(claims("osprey-operator").build(), key)).operator());
        assertFalse(tokens.caller(signed(claims("staff").build(), key)).may(Scope.SIGNS));
    }

    @Test
    void takesNoTokenThatDoesNotCount() throws JOSEException, IOException {
        ECKey key = key("1");
        Tokens tokens = tokens(key);

        assertRefused(tokens, "no token");
        assertRefused(tokens, signed(claims("osprey-user").build(), key("1")));
        assertRefused(tokens, signed(claims("osprey-user").build(), key("2")));
        assertRefused(tokens, new PlainJWT(claims("osprey-operator").build()).serialize());
        String publicKey = key.toPublicJWK().toJSONString();
        assertRefused(
                tokens,
                signed(
                        claims("osprey-operator").build(),
                        JWSAlgorithm.HS256,
                        "1",
                        new MACSigner(publicKey.getBytes(StandardCharsets.UTF_8))));
        assertRefused(
                tokens,
                signed(claims("osprey-user").issuer("https://other.example").build(), key));
        assertRefused(tokens, signed(claims("osprey-user").audience("another").build(), key));
        assertRefused(tokens, signed(claims("osprey-user").expirationTime(null).build(), key));
        assertRefused(
                tokens,
                signed(
                        claims("osprey-user")
                                .expirationTime(Date.from(Instant.now().minusSeconds(300)))
                                .build(),
                        key));
        assertRefused(
                tokens,
                signed(claims("osprey-user").subject(null).claim("upn", null).build(), key));
    }

    @Test
    void fetchesTheIssuersKeysAgainWhenTheyChange() throws JOSEException, IOException {
        ECKey first = key("1");
        ECKey second = key("2");
        AtomicReference<String> served = new AtomicReference<>(new JWKSet(first.toPublicJWK()).toString());
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/", exchange -> {
            byte[] body = String.valueOf(served.get()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        try {
            Tokens tokens = tokens("http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys");
            assertTrue(
                    tokens.caller(signed(claims("osprey-user").build(), first)).may(Scope.SIGNS));

            served.set(new JWKSet(second.toPublicJWK()).toString());
            assertTrue(
                    tokens.caller(signed(claims("osprey-user").build(), second)).may(Scope.SIGNS));
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void needsAnIssuerAndItsKeys() {
        OspreyException missing = assertThrows(
                OspreyException.class,
                () -> new Tokens(TestConfig.with("access.token-issuer", ISSUER).access()));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, missing.code());
        OspreyException unreadable = assertThrows(
                OspreyException.class, () -> tokens(folder.resolve("missing").toString()));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, unreadable.code());
    }
}
