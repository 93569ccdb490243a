package dev.osprey.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.osprey.access.Caller.Allowance;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens of another issuer: signed JSON Web Tokens (RFC 7519) with the claims of MicroProfile JWT 2.1, {@code iss}, {@code exp},
 * {@code sub} or {@code upn}, and {@code groups}. The keys come from the issuer's key set (RFC 7517), which is fetched again when a
 * token names a key that is not in it. Any thread.
 *
 * <p>What a caller may do is in the groups: {@code osprey-operator} for everything, {@code osprey-user} for all capabilities, {@code
 * osprey-segmentation} and so on for one, {@code osprey-metrics} for the metrics.
 */
final class Tokens {

    private static final String GROUP = "osprey-";
    private static final String NONE = "none";

    /** Signatures only: with a shared secret whoever may look at a token could write one. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /** @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} where issuer or keys are missing or cannot be read */
    Tokens(OspreyConfig.Access config) {
        if (config.tokenIssuer().equals(NONE) || config.tokenKeys().equals(NONE)) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "osprey.access.mode asks for tokens: osprey.access.token-issuer and osprey.access.token-keys must say"
                            + " whose, and where the issuer's key set is");
        }
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys(config.tokenKeys())));
        JWTClaimsSet expected =
                new JWTClaimsSet.Builder().issuer(config.tokenIssuer()).build();
        // Asked for null, which an immutable set does not like to be.
        Set<String> audience =
                config.tokenAudience().equals(NONE) ? null : new HashSet<>(Set.of(config.tokenAudience()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(audience, expected, Set.of("exp"), null));
    }

    private static JWKSource<SecurityContext> keys(String place) {
        try {
            if (place.startsWith("https://") || place.startsWith("http://")) {
                // An issuer that is away for an hour does not lock everybody out.
                return JWKSourceBuilder.create(URI.create(place).toURL())
                        .retrying(true)
                        .outageTolerant(true)
                        .build();
            }
            return new ImmutableJWKSet<>(JWKSet.load(Path.of(place).toFile()));
        } catch (IOException | ParseException | IllegalArgumentException e) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "osprey.access.token-keys is no key set that can be read: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Who a token speaks for.
     *
     * @throws OspreyException {@link ErrorCode#UNAUTHENTICATED} where it does not count
     */
    Caller caller(String token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            String subject = claims.getSubject() == null ? claims.getStringClaim("upn") : claims.getSubject();
            if (subject == null || subject.isBlank()) {
                throw refused("it has neither sub nor upn", null);
            }
            String name = claims.getStringClaim("upn");
            List<String> groups = claims.getStringListClaim("groups");
            // As late as the verifier would still take it.
            Instant until = claims.getExpirationTime()
                    .toInstant()
                    .plusSeconds(DefaultJWTClaimsVerifier.DEFAULT_MAX_CLOCK_SKEW_SECONDS);
            return caller(
                    subject,
                    name == null ? subject : name,
                    groups == null ? List.of() : groups,
                    new Credential.Token(until));
        } catch (BadJOSEException | JOSEException | ParseException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static Caller caller(String subject, String name, List<String> groups, Credential credential) {
        String id = "token:" + subject;
        if (groups.contains(GROUP + "operator")) {
            return Caller.operator(id, name, Allowance.UNLIMITED, credential);
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        if (groups.contains(GROUP + "user")) {
            scopes.addAll(Scope.CAPABILITIES);
        }
        for (Scope scope : Scope.values()) {
            if (groups.contains(GROUP + scope.wireName())) {
                scopes.add(scope);
            }
        }
        return new Caller(id, name, false, scopes, Allowance.UNLIMITED, credential);
    }

    private static OspreyException refused(String why, @Nullable Exception cause) {
        return new OspreyException(ErrorCode.UNAUTHENTICATED, "The token is not accepted: " + why, cause);
    }
}
