package dev.osprey.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig.ProviderPreference;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    @Test
    void readsEachTypeOfSetting() {
        OspreyConfig config = TestConfig.with(
                "model.repository", "/srv/models",
                "access.allowed-origins", " https://a.example , https://b.example,",
                "runtime.provider", "cuda",
                "stream.send-timeout", "PT0.25S",
                "segmentation.default-opacity", "0.125",
                "referee.fisheye-enabled", "true",
                "server.port", " 9090 ");
        assertEquals(Path.of("/srv/models"), config.model().repository());
        assertEquals(
                List.of("https://a.example", "https://b.example"),
                config.access().allowedOrigins());
        assertEquals(ProviderPreference.CUDA, config.runtime().provider());
        assertEquals(Duration.ofMillis(250), config.stream().sendTimeout());
        assertEquals(0.125, config.segmentation().defaultOpacity());
        assertTrue(config.referee().fisheyeEnabled());
        assertEquals(9_090, config.server().port());
    }

    @Test
    void reportsAllProblemsInOneMessage() {
        Map<String, String> settings = TestConfig.defaults();
        settings.remove("osprey.server.address");
        settings.put("osprey.server.port", "0");
        settings.put("osprey.runtime.provider", "gpu");
        settings.put("osprey.stream.ping-interval", "20 seconds");
        settings.put("osprey.stream.max-frames", "3");
        String detail = refusalOf(settings);
        assertTrue(detail.startsWith("The configuration has 5 problem(s): "), detail);
        assertTrue(detail.contains("osprey.server.address is not set"), detail);
        assertTrue(detail.contains("osprey.server.port is 0, allowed are 1 to 65535"), detail);
        assertTrue(detail.contains("osprey.runtime.provider is \"gpu\", expected one of auto, cpu, cuda"), detail);
        assertTrue(
                detail.contains("osprey.stream.ping-interval is \"20 seconds\", expected a duration such as PT10S"),
                detail);
        assertTrue(detail.contains("osprey.stream.max-frames is not a setting of Osprey"), detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"osprey.server.prot", "osprey.server", "osprey.x", "osprey.Server.port", "osprey."})
    void refusesAKeyOfOspreyThatItDoesNotKnow(String key) {
        Map<String, String> settings = TestConfig.defaults();
        settings.put(key, "1");
        String detail = refusalOf(settings);
        assertTrue(detail.contains(key + " is not a setting of Osprey"), detail);
    }

    @Test
    void leavesTheKeysOfOthersAlone() {
        Map<String, String> settings = TestConfig.defaults();
        settings.put("ospreys.server.port", "x");
        settings.put("java.home", "x");
        settings.put("OSPREY_SERVER_PORT", "x");
        assertEquals(TestConfig.read(TestConfig.defaults()), TestConfig.read(settings));
    }

    @ParameterizedTest
    @CsvSource({
        "server.port, 1, 65535",
        "runtime.concurrent-runs, 0, 1024",
        "runtime.intra-op-threads, 0, 1024",
        "runtime.memory-budget-mib, 1, 1048576",
        "imaging.max-width, 1, 65535",
        "imaging.max-height, 1, 65535",
        "stream.max-connections, 1, 1000000",
        "stream.max-connections-per-address, 1, 1000000",
        "stream.max-message-bytes, 1024, 67108864",
        "stream.max-frames-waiting, 1, 1000",
        "stream.max-unanswered, 2, 100000",
        "stream.max-malformed-messages, 1, 1000000",
        "segmentation.default-opacity, 0, 1",
        "segmentation.jpeg-quality, 1, 100"
    })
    void allowsBothEndsOfARangeAndNothingBeyond(String key, int least, int greatest) {
        TestConfig.with(key, Integer.toString(least));
        TestConfig.with(key, Integer.toString(greatest));
        for (int outside : new int[] {least - 1, greatest + 1}) {
            Map<String, String> settings = TestConfig.defaults();
            settings.put("osprey." + key, Integer.toString(outside));
            assertTrue(refusalOf(settings)
                    .endsWith("osprey.%s is %d, allowed are %d to %d".formatted(key, outside, least, greatest)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "server.port, 8080.0, a whole number",
        "server.port, 99999999999, a whole number",
        "server.port, '', a whole number",
        "segmentation.default-opacity, half, a number",
        "segmentation.answer-failed-frames, yes, true or false",
        "segmentation.answer-failed-frames, TRUE, true or false",
        "runtime.provider, CPU, 'one of auto, cpu, cuda'",
        "stream.pong-timeout, 20, a duration such as PT10S"
    })
    void namesWhatItExpectedWhereAValueIsOfAnotherType(String key, String value, String expected) {
        Map<String, String> settings = TestConfig.defaults();
        settings.put("osprey." + key, value);
        assertTrue(refusalOf(settings).endsWith("osprey.%s is \"%s\", expected %s".formatted(key, value, expected)));
    }

    @Test
    void refusesAnOpacityThatIsNoNumber() {
        Map<String, String> settings = TestConfig.defaults();
        settings.put("osprey.segmentation.default-opacity", "NaN");
        assertTrue(refusalOf(settings).endsWith("osprey.segmentation.default-opacity is NaN, allowed are 0 to 1"));
    }

    /** The last one overflows a count of nanoseconds. */
    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H1S", "P200000D"})
    void refusesADurationOfNothingOrOfForEver(String duration) {
        Map<String, String> settings = TestConfig.defaults();
        settings.put("osprey.stream.send-timeout", duration);
        assertTrue(refusalOf(settings)
                .endsWith("osprey.stream.send-timeout is %s, it must be longer than nothing and at most PT24H"
                        .formatted(duration)));
    }

    private static String refusalOf(Map<String, String> settings) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> TestConfig.read(settings));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, refusal.code());
        return refusal.detail();
    }
}
