package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RequestMeterTest {

    /** What the methods of a resource are counted under, for a request to analyse and of a job. */
    private static Set<String> endpoints(Class<?> resource) {
        return Arrays.stream(resource.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Path.class))
                .map((Method method) -> RequestMeter.endpoint(
                        resource, method, Map.of("operation", List.of("analyze"), "id", List.of("4711"))))
                .collect(Collectors.toSet());
    }

    @Test
    void namesTheOperationAndNoJob() {
        assertEquals(Set.of("/api/stl/analyze"), endpoints(StlResource.class));
        assertEquals(
                Set.of("/api/text-to-image", "/api/generate-3d", "/api/job-status/{id}"),
                endpoints(GenerationResource.class));
    }
}
