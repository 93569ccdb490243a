package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelManifest;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.ExecutionProvider;
import dev.osprey.stream.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message to the letter. */
class MessagesTest {

    private static final ModelManifest PERSON =
            Catalogue.read(TestRepository.SHIPPED).manifest("person");
    private static final OspreyConfig CONFIG = TestConfig.with(
            "stream.max-message-bytes",
            "2048",
            "stream.max-frames-waiting",
            "3",
            "imaging.max-width",
            "640",
            "imaging.max-height",
            "480");

    @Test
    void greetsAClientThatAskedForNothingAsTheProtocolSays() {
        assertEquals(
                "{\"type\":\"connected\",\"status\":\"ready\","
                        + "\"available_models\":[\"fast\",\"balanced\",\"accurate\",\"sota\"],"
                        + "\"class_labels\":[\"background\",\"person\"],\"current_model\":\"balanced\","
                        + "\"model\":\"person\"}",
                text(Messages.connected(Mode.BALANCED, PERSON, Set.of(), CONFIG.stream(), CONFIG.imaging())));
    }

    @Test
    void tellsAClientThatAskedForMoreWhatItGot() {
        assertEquals(
                "{\"type\":\"connected\",\"status\":\"ready\","
                        + "\"available_models\":[\"fast\",\"balanced\",\"accurate\",\"sota\"],"
                        + "\"class_labels\":[\"background\",\"person\"],\"current_model\":\"fast\","
                        + "\"model\":\"person\",\"features\":[\"binary\",\"mask\",\"receipt\"],"
                        + "\"class_colors\":[[0,0,0],[128,0,0]],"
                        + "\"limits\":{\"max_message_bytes\":2048,\"max_image_width\":640,"
                        + "\"max_image_height\":480,\"max_frames_waiting\":3}}",
                text(Messages.connected(
                        Mode.FAST, PERSON, EnumSet.allOf(Feature.class), CONFIG.stream(), CONFIG.imaging())));
    }

    @Test
    void announcesAMode() {
        assertEquals(
                "{\"type\":\"mode_changed\",\"model_mode\":\"sota\",\"class_labels\":[\"background\",\"person\"],"
                        + "\"model\":\"person\"}",
                text(Messages.modeChanged(Mode.SOTA, PERSON, Set.of(), null)));
        assertEquals(
                "{\"type\":\"mode_changed\",\"model_mode\":\"sota\",\"class_labels\":[\"background\",\"person\"],"
                        + "\"model\":\"person\",\"class_colors\":[[0,0,0],[128,0,0]]}",
                text(Messages.modeChanged(Mode.SOTA, PERSON, Set.of(Feature.RECEIPT), null)));
    }

    @Test
    void saysThatAndWhyAModeWasChosenByTheServer() {
        AutoMode.Mean measured = new AutoMode.Mean(3_100_400, 165_200_000, 150_000_000);
        AutoMode.Move move = new AutoMode.Move(Mode.SOTA, Mode.FAST, "in words", measured, false);
        String front =
                "{\"type\":\"mode_changed\",\"model_mode\":\"fast\",\"class_labels\":[\"background\",\"person\"],"
                        + "\"model\":\"person\",\"auto\":{\"fps\":12.5";
        assertEquals(
                front + "}}", text(Messages.modeChanged(Mode.FAST, PERSON, Set.of(), new AutoMode.Notice(12.5, null))));
        assertEquals(
                front + ",\"from\":\"sota\",\"reason\":\"in words\",\"queue_ms\":3.100,\"service_ms\":165.200}}",
                text(Messages.modeChanged(Mode.FAST, PERSON, Set.of(), new AutoMode.Notice(12.5, move))));
    }

    @Test
    void confirmsSettings() {
        assertEquals(
                "{\"type\":\"viz_updated\",\"settings\":{}}",
                text(Messages.visualizationUpdated(JsonValue.EMPTY_JSON_OBJECT)));
    }

    @Test
    void reportsAnError() {
        assertEquals(
                "{\"type\":\"error\",\"code\":\"INVALID_MODE\",\"message\":\"a \\\"quoted\\\" text\","
                        + "\"recoverable\":true}",
                text(Messages.error("INVALID_MODE", "a \"quoted\" text")));
    }

    @Test
    void hasFourZerosForStatisticsOfNothing() {
        JsonObject stats = Client.json(text(Messages.stats(new LongSummaryStatistics())));
        assertEquals(
                Set.of("type", "avg_inference_ms", "min_inference_ms", "max_inference_ms", "avg_fps"), stats.keySet());
        for (String key : List.of("avg_inference_ms", "min_inference_ms", "max_inference_ms", "avg_fps")) {
            assertEquals(0, stats.getJsonNumber(key).doubleValue());
        }
    }

    @Test
    void summarisesInferenceTimes() {
        assertEquals(
                "{\"type\":\"stats\",\"avg_inference_ms\":18.90,\"min_inference_ms\":15.11,"
                        + "\"max_inference_ms\":22.69,\"avg_fps\":52.9}",
                text(Messages.stats(
                        LongStream.of(15_110_000, 22_690_000, 18_900_000).summaryStatistics())));
    }

    @Test
    void writesASegmentationAsText() {
        JsonObject metadata = Json.createObjectBuilder().add("fps", 1).build();
        assertEquals(
                "{\"type\":\"segmentation\",\"timestamp\":\"a \\\"b\\\"\",\"data\":\"/9j/\",\"metadata\":{\"fps\":1}}",
                text(Messages.segmentation(Json.createValue("a \"b\""), new byte[] {-1, -40, -1}, metadata, false)));
    }

    @Test
    void writesASegmentationAsHeaderAndPicture() {
        JsonObject metadata = Json.createObjectBuilder().add("fps", 1).build();
        Reply reply = Messages.segmentation(Json.createValue(7), new byte[] {-1, -40, -1}, metadata, true);
        ByteBuffer bytes = ((Reply.Binary) reply).bytes();
        String header = "{\"type\":\"segmentation\",\"timestamp\":7,\"metadata\":{\"fps\":1}}";
        assertEquals(header.length(), bytes.getInt(0));
        assertEquals(4 + header.length() + 3, bytes.remaining());
        assertEquals(Client.json(header), Client.json(bytes));
        byte[] picture = new byte[3];
        bytes.get(4 + header.length(), picture);
        assertArrayEquals(new byte[] {-1, -40, -1}, picture);
    }

    @Test
    void describesAFrame() {
        assertEquals(
                "{\"inference_time_ms\":18.42,\"total_time_ms\":22.07,\"model_mode\":\"fast\",\"fps\":45.3,"
                        + "\"avg_inference_ms\":18.90,\"detected_classes\":[\"person\"],\"model\":\"person\"}",
                metadata(18_420_000, 3_650_000, 18_900_000.0).toString());
    }

    /** Python's round(n / 1e6, 2), computed by CPython 3. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "1, 0.0",
        "4999, 0.0",
        "5000, 0.01",
        "15000, 0.01",
        "25000, 0.03",
        "35000, 0.04",
        "45000, 0.04",
        "125000, 0.12",
        "375000, 0.38",
        "1005000, 1.0",
        "2675000, 2.67",
        "18425000, 18.43",
        "999995000, 1000.0",
        "1234567890123, 1234567.89"
    })
    void roundsMillisecondsAsPythonDoes(long nanos, double expected) {
        JsonObject metadata = metadata(nanos, 0, (double) nanos);
        for (String key : List.of("inference_time_ms", "total_time_ms", "avg_inference_ms")) {
            assertEquals(expected, metadata.getJsonNumber(key).doubleValue(), key);
        }
    }

    /** Python's round(1000 / (n / 1e6), 1), computed by CPython 3; of no time it is 0. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "1, 1000000000.0",
        "15000, 66666.7",
        "6400000, 156.2",
        "22070000, 45.3",
        "25000000, 40.0",
        "80000000, 12.5",
        "800000000, 1.2",
        "1234567890123, 0.0"
    })
    void roundsFramesPerSecondAsPythonDoes(long nanos, double expected) {
        assertEquals(
                expected,
                metadata(nanos, 0, (double) nanos).getJsonNumber("fps").doubleValue());
        JsonObject stats = Client.json(text(Messages.stats(LongStream.of(nanos).summaryStatistics())));
        assertEquals(expected, stats.getJsonNumber("avg_fps").doubleValue());
    }

    @Test
    void writesAReceiptInMicroseconds() {
        Segmented segmented = new Segmented(
                new byte[0],
                List.of(),
                PERSON,
                2,
                ExecutionProvider.CUDA,
                1,
                new Segmented.Times(500, 1_500, 2_500, 60_000, 2_500, 12_345_678),
                new Segmented.Begun(0, 2_000, 4_500));
        assertEquals(
                "{\"queue_ms\":1.062,\"decode_ms\":0.001,\"resize_ms\":0.002,\"run_ms\":0.003,\"render_ms\":0.062,"
                        + "\"encode_ms\":12.346,\"server_ms\":20.000,\"batch_size\":1,\"frames_replaced\":3,"
                        + "\"provider\":\"CUDA\",\"model\":\"person\",\"model_version\":2}",
                Messages.receipt(segmented, 1_062_500, 20_000_000, 3).toString());
    }

    /** @param restNanos what else counts as total time */
    private static JsonObject metadata(long runNanos, long restNanos, double meanNanos) {
        Segmented segmented = new Segmented(
                new byte[0],
                List.of("person"),
                PERSON,
                1,
                ExecutionProvider.CPU,
                1,
                new Segmented.Times(1_000_000, restNanos, runNanos, 0, 1_000_000, 1_000_000),
                new Segmented.Begun(0, 0, 0));
        return Messages.metadata(Mode.FAST, segmented, meanNanos).build();
    }

    private static String text(Reply reply) {
        return ((Reply.Text) reply).text();
    }
}
