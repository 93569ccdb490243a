package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs in the words of {@code protocols/studio.md}, sections 4.1, 4.2 and 4.4. */
class StatusTest {

    private static final String ID = "4802d099-c558-4aca-a784-e68c213ec937";
    private static final String RESULT = "08fb2143-8f35-4c48-a903-509deef08364";
    private static final String PICTURE =
            "{\"prompt\":\"a red ball\",\"style\":\"anime\",\"width\":512,\"height\":256}";
    private static final String MESH = "{\"job_id\":\"" + ID + "\",\"format\":\"glb\",\"quality\":5}";

    private static Job job(String kind, String parameters, State state, double progress, String result) {
        boolean mesh = kind.equals(MeshJob.KIND);
        return new Job(
                mesh ? RESULT : ID,
                kind,
                Optional.empty(),
                mesh ? Optional.of(ID) : Optional.empty(),
                parameters,
                state,
                "stage",
                progress,
                "Step 3 of 10",
                result.isEmpty() ? Optional.empty() : Optional.of(result),
                state == State.FAILED
                        ? Optional.of(new Job.Failure(ErrorCode.MODEL_FAILED, "The model failed"))
                        : Optional.empty(),
                1,
                Instant.parse("2026-01-02T03:04:05Z"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0);
    }

    private static void assertSaysTheSameTwice(JsonObject status) {
        assertEquals(status.getString("step"), status.getString("message"));
        assertEquals(ID, status.getString("job_id"));
    }

    @Test
    void callsAnUploadPending() {
        JsonObject status = Status.of(job(
                UploadJob.KIND, "{\"original_filename\":\"my.cat.jpg\",\"image_info\":{}}", State.SUCCEEDED, 1, ""));

        assertSaysTheSameTwice(status);
        assertEquals("pending", status.getString("status"));
        assertEquals(0, status.getInt("progress"));
        assertEquals("Image uploaded", status.getString("step"));
        assertEquals(ID + "_20260102_030405_my.cat.png", status.getString("filename"));
    }

    @Test
    void tellsHowFarAPictureIs() {
        JsonObject status = Status.of(job(PictureJob.KIND, PICTURE, State.RUNNING, 0.339, ""));

        assertSaysTheSameTwice(status);
        assertEquals("processing", status.getString("status"));
        assertEquals(33, status.getInt("progress"));
        assertEquals("text_to_image", status.getString("type"));
        assertEquals("text-to-image", status.getString("job_type"));
        assertEquals("a red ball", status.getString("prompt"));
        assertFalse(status.containsKey("image_url"));
    }

    @Test
    void saysWhereAFinishedPictureIsAndWhatWasMadeOfTheRequest() {
        JsonObject status = Status.of(job(
                PictureJob.KIND,
                PICTURE,
                State.SUCCEEDED,
                1,
                "{\"width\":512,\"height\":256,\"seed\":7,\"unknown_words\":[\"ocelot\"]}"));

        assertSaysTheSameTwice(status);
        assertEquals("completed", status.getString("status"));
        assertEquals(100, status.getInt("progress"));
        assertEquals(ID + "_generated.png", status.getString("filename"));
        assertEquals("/api/preview/" + ID + "_generated.png", status.getString("preview_url"));
        assertEquals(status.getString("preview_url"), status.getString("image_url"));
        assertEquals(7, status.getInt("seed"));
        assertEquals("ocelot", status.getJsonArray("unknown_words").getString(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILED", "CANCELLED", "EXPIRED"})
    void givesAFailedPictureNoError(State state) {
        JsonObject status = Status.of(job(PictureJob.KIND, PICTURE, state, 0.5, ""));

        assertSaysTheSameTwice(status);
        assertEquals("failed", status.getString("status"));
        assertFalse(status.containsKey("error"), "its client would take it for passing trouble and ask on");
        assertTrue(status.getString("message").startsWith("Image generation failed: "));
        assertEquals(state == State.FAILED ? "MODEL_FAILED" : state.name(), status.getString("error_type"));
        assertFalse(status.getString("error_details").isEmpty());
    }

    @Test
    void callsASolidByItsPicture() {
        JsonObject waiting = Status.of(job(MeshJob.KIND, MESH, State.QUEUED, 0, ""));
        assertSaysTheSameTwice(waiting);
        assertEquals("initializing", waiting.getString("status"));

        JsonObject done = Status.of(job(MeshJob.KIND, MESH, State.SUCCEEDED, 1, "{\"file_size\":99,\"cached\":true}"));
        assertSaysTheSameTwice(done);
        assertEquals("completed", done.getString("status"));
        assertEquals("3D model retrieved from cache!", done.getString("step"));
        assertEquals("model_" + ID + ".glb", done.getString("output_file"));
        assertEquals("/api/download/" + ID + "/model_" + ID + ".glb", done.getString("download_url"));
        assertEquals(99, done.getInt("file_size"));
        assertEquals(RESULT, done.getString("result_id"));
    }

    @Test
    void isAtAHundredOnlyWhenItIsDone() {
        assertEquals(
                99, Status.of(job(MeshJob.KIND, MESH, State.RUNNING, 1, "")).getInt("progress"));
    }

    @Test
    void givesAFailedSolidItsError() {
        JsonObject failed = Status.of(job(MeshJob.KIND, MESH, State.FAILED, 0.5, ""));

        assertSaysTheSameTwice(failed);
        assertEquals("The model failed", failed.getString("error"));
        assertEquals(0, failed.getInt("progress"));
    }
}
