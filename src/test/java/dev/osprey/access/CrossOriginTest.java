package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.Settings;
import dev.osprey.config.TestConfig;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whom the filter lets in as the settings are at that moment. */
class CrossOriginTest {

    private static final String ORIGINS = "osprey.access.allowed-origins";
    private static final String ONE = "https://one.example";
    private static final String OTHER = "https://other.example";

    private final Settings settings = TestConfig.settings();
    private final CrossOrigin filter = new CrossOrigin(() -> settings);

    private static <T> T fake(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    /** What becomes of a page's upload: what its browser is told of origins, whether it is passed on, or the error. */
    private List<String> upload(String origin) throws Exception {
        List<String> story = new ArrayList<>();
        Map<String, @Nullable Object> asked =
                Map.of("getMethod", "POST", "getRequestURI", "/api/upload-image", "getContextPath", "");
        HttpServletRequest request = fake(
                HttpServletRequest.class,
                (proxy, method, arguments) -> method.getName().equals("getHeader")
                        ? Map.of("Origin", origin, "Host", "127.0.0.1:8080").get(arguments[0])
                        : asked.get(method.getName()));
        HttpServletResponse response = fake(HttpServletResponse.class, (proxy, method, arguments) -> {
            if (method.getName().equals("sendError")) {
                story.add(arguments[0].toString());
            } else if (method.getName().equals("setHeader") && arguments[0].equals("Access-Control-Allow-Origin")) {
                story.add(arguments[1].toString());
            }
            return null;
        });
        filter.doFilter(request, response, (passed, answered) -> story.add("passed on"));
        return story;
    }

    @Test
    void goesByTheOriginsThatAreSetNow() throws Exception {
        assertEquals(List.of("*", "passed on"), upload(ONE));

        settings.change(ORIGINS, ONE);
        assertEquals(List.of(ONE, "passed on"), upload(ONE));
        assertEquals(List.of("403"), upload(OTHER));
        assertEquals(List.of("passed on"), upload("http://127.0.0.1:8080"));

        settings.change(ORIGINS, ONE + "," + OTHER);
        assertEquals(List.of(OTHER, "passed on"), upload(OTHER));

        settings.forget(ORIGINS);
        assertEquals(List.of("*", "passed on"), upload(OTHER));
    }
}
