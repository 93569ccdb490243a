package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;

class ResultTest {

    private static final JsonObject RESULT = StreamClient.json("""
            {"winner":"left","left_pauses":[1,2],"decision":{"winner":"left","left_pauses":[1,2],"right_pauses":[]},
             "tracks":{"left":[1.5]},"keypoints":{"left_xdata":{}},"left_xdata":{"0":[1]}}""");

    @Test
    void leavesKeypointsToTheArtifact() {
        assertEquals(
                "{\"winner\":\"left\",\"left_pauses\":[1,2],\"decision\":{\"winner\":\"left\",\"left_pauses\":[1,2],"
                        + "\"right_pauses\":[]},\"tracks\":{\"left\":[1.5]}}",
                Result.brief(RESULT, 1_000).toString());
    }

    @Test
    void leavesMoreToItWhereTheBoutIsTooLong() {
        assertEquals(
                "{\"winner\":\"left\",\"decision\":{\"winner\":\"left\"}}",
                Result.brief(RESULT, 100).toString());
    }
}
