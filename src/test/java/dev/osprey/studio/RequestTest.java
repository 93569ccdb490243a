package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTest {

    private static final String ID = "4802d099-c558-4aca-a784-e68c213ec937";

    private static JsonObject json(String text) {
        return Fields.object(text.replace('\'', '"').replace("ID", ID)).orElseThrow();
    }

    private static MeshRequest mesh(String text) {
        List<Fault> faults = new ArrayList<>();
        Optional<MeshRequest> request = MeshRequest.read(json(text), faults);
        assertEquals(List.of(), faults);
        return request.orElseThrow();
    }

    @Test
    void fillsInWhatASolidIsNotToldOf() {
        assertEquals(
                new MeshRequest(ID, MeshFormat.STL, 100, 100, 20, 7, MeshRequest.Mode.RELIEF, 0),
                mesh("{'job_id':'ID'}"));
    }

    @Test
    void takesNumbersAsTextAndFractionsOfMillimetres() {
        MeshRequest request = mesh("{'job_id':'ID','format':'GLB','quality':'9','mode':'cutout','hollow_mm':2,"
                + "'dimensions':{'width':'80','height':60.5,'depth':10.0}}");

        assertEquals(new MeshRequest(ID, MeshFormat.GLB, 80, 60.5, 10, 9, MeshRequest.Mode.CUTOUT, 2), request);
        assertEquals(request, MeshRequest.ofJson(request.toJson().toString()));
        assertEquals(
                "{\"width\":80,\"height\":60.5,\"depth\":10}",
                request.dimensions().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | missing | [\"job_id\"] | Field required",
                "{'job_id':'x'} | string_pattern_mismatch | [\"job_id\"] | Input should be a UUID",
                "{'job_id':'ID','quality':11} | less_than_equal | [\"quality\"] | Input should be less than or equal to 10",
                "{'job_id':'ID','quality':0} | greater_than_equal | [\"quality\"] | Input should be greater than or equal to 1",
                "{'job_id':'ID','quality':5.5} | int_from_float | [\"quality\"] | Input should be a whole number",
                "{'job_id':'ID','quality':'fine'} | float_parsing | [\"quality\"] | Input should be a number",
                "{'job_id':'ID','format':'pdf'} | literal_error | [\"format\"] | Input should be one of stl, obj, glb, ply",
                "{'job_id':'ID','dimensions':{'width':10,'height':10}} | missing | [\"dimensions\",\"depth\"] | Field required",
                "{'job_id':'ID','dimensions':{'width':10,'height':10,'depth':501}} | less_than_equal | [\"dimensions\",\"depth\"] | Input should be less than or equal to 500",
                "{'job_id':'ID','dimensions':[1]} | dict_type | [\"dimensions\"] | Input should be an object",
                "{'job_id':'ID','mode':'cube'} | literal_error | [\"mode\"] | Input should be one of relief, cutout",
                "{'job_id':'ID','hollow_mm':0.1} | greater_than_equal | [\"hollow_mm\"] | Input should be 0 or at least 0.4",
            })
    void namesFieldAndLimitOfWhatIsWrong(String body, String type, String path, String message) {
        List<Fault> faults = new ArrayList<>();

        assertEquals(Optional.empty(), MeshRequest.read(json(body), faults));
        JsonObject detail = Fault.body(faults).getJsonArray("details").getJsonObject(0);
        assertEquals(type, detail.getString("type"));
        assertEquals(path, detail.getJsonArray("loc").toString());
        assertEquals(message, detail.getString("msg"));
        assertEquals(1, faults.size());
    }

    @Test
    void tellsOfEverythingThatIsWrongAtOnce() {
        List<Fault> faults = new ArrayList<>();
        MeshRequest.read(json("{'format':'pdf','quality':99,'dimensions':{}}"), faults);

        assertEquals(
                List.of("job_id", "format", "dimensions.width", "dimensions.height", "dimensions.depth", "quality"),
                faults.stream().map(fault -> String.join(".", fault.path())).toList());
    }

    @Test
    void roundsSidesOfAPictureDownAndKeepsWhatTheModelDecides() {
        List<Fault> faults = new ArrayList<>();
        PictureRequest request = PictureRequest.read(
                        json("{'prompt':'a red ball','art_style':'anime','width':517,'height':'100'}"), faults)
                .orElseThrow();

        assertEquals(
                new PictureRequest(
                        "a red ball",
                        "",
                        "anime",
                        512,
                        96,
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty()),
                request);
        for (String styleless : List.of("", ",'style':null", ",'style':' '")) {
            assertEquals(
                    "realistic",
                    PictureRequest.read(json("{'prompt':'a red ball'" + styleless + "}"), faults)
                            .orElseThrow()
                            .style());
        }
        PictureRequest seeded = request.withSeed(9_007_199_254_740_991L);
        assertEquals(seeded, PictureRequest.ofJson(seeded.toJson().toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'prompt':5} | Input should be a text",
                "{'prompt':'a','width':63} | Input should be greater than or equal to 64",
                "{'prompt':'a','height':2049} | Input should be less than or equal to 2048",
                "{'prompt':'a','steps':151} | Input should be less than or equal to 150",
                "{'prompt':'a','guidance_scale':0.5} | Input should be greater than or equal to 1",
                "{'prompt':'a','seed':-1} | Input should be greater than or equal to 0",
                "{'prompt':'a','seed':1e300} | Input should be less than or equal to 9007199254740991",
            })
    void namesTheLimitsOfAPicture(String body, String message) {
        List<Fault> faults = new ArrayList<>();

        assertEquals(Optional.empty(), PictureRequest.read(json(body), faults));
        assertEquals(List.of(message), faults.stream().map(Fault::message).toList());
    }

    @Test
    void refusesAPromptWithoutEnd() {
        List<Fault> faults = new ArrayList<>();
        PictureRequest.read(json("{'prompt':'" + "word ".repeat(801) + "'}"), faults);

        assertTrue(faults.get(0).message().contains("at most 4000 characters, it has 4005"), faults::toString);
    }

    @Test
    void takesNothingElseForAnObject() {
        for (String text : List.of("", "[]", "5", "\"x\"", "{", "not json", "[".repeat(100_000))) {
            assertEquals(Optional.empty(), Fields.object(text));
        }
    }

    @Test
    void takesNumbersAndNestingBeyondMeasureForNoJson() {
        assertEquals(Optional.empty(), Fields.object("{\"steps\":" + "1".repeat(2_000) + "}"));
        assertEquals(Optional.empty(), Fields.object("{\"steps\":1e99999999999}"));
        assertEquals(Optional.empty(), Fields.object("{\"a\":" + "[".repeat(1_500) + "]".repeat(1_500) + "}"));
        assertEquals(Optional.empty(), Fields.object("[]"));
    }
}
