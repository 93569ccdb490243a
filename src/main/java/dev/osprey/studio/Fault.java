package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;

/**
 * One thing that is wrong with a request's parameters, as the protocol's clients know it ({@code protocols/studio.md}, 4.3).
 *
 * @param type such as {@code missing}, {@code greater_than_equal}
 * @param path to the field
 * @param message names the limit
 * @param input what was found
 */
record Fault(String type, List<String> path, String message, JsonValue input) {

    JsonObject toJson() {
        JsonArrayBuilder loc = Json.createArrayBuilder();
        path.forEach(loc::add);
        return Json.createObjectBuilder()
                .add("type", type)
                .add("loc", loc)
                .add("msg", message)
                .add("input", input)
                .build();
    }

    /** The whole answer. */
    static JsonObject body(List<Fault> faults) {
        JsonArrayBuilder details = Json.createArrayBuilder();
        faults.forEach(fault -> details.add(fault.toJson()));
        JsonArray all = details.build();
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("error", "Invalid request parameters")
                .add("details", all);
        return body.build();
    }
}
