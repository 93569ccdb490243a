package dev.osprey;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Tests of {@link RealServer} against a server that somebody else has started, in a process of their own. */
final class Elsewhere {

    /** @param tests how many there were, skipped ones included */
    record Run(boolean passed, int tests, String output) {}

    private static final List<String> INHERITED = List.of(
            "onnxruntime.native.path",
            "org.bytedeco.javacpp.maxPhysicalBytes",
            "org.bytedeco.javacpp.cachedir",
            "osprey.test.models",
            "osprey.war");

    private Elsewhere() {}

    /**
     * Runs tests to their end.
     *
     * @param log of the server, in Payara's own form
     * @param tests names of classes, or of methods as in {@code dev.osprey.StartIT#name}
     */
    static Run run(int port, Path log, List<String> tests) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (String name : INHERITED) {
            command.add("-D%s=%s".formatted(name, System.getProperty(name)));
        }
        command.add("-D%s=true".formatted(RealServer.ELSEWHERE));
        command.add("-Dosprey.server.port=" + port);
        command.add("-Dosprey.server.log=" + log);
        // Maven may have put the class path into the manifest of a jar; this is all of it.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, Elsewhere.class.getName()));
        command.addAll(tests);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            int count = output.lines()
                    .filter(line -> line.startsWith(COUNT))
                    .mapToInt(line -> Integer.parseInt(line.substring(COUNT.length())))
                    .sum();
            return new Run(status == 0, count, output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static final String COUNT = "Tests: ";

    public static void main(String[] tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(tests).map(Elsewhere::selector).toList())
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out, 40);
        out.println(COUNT + summary.getTestsFoundCount());
        // Threads of clients may be left.
        System.exit(summary.getTotalFailureCount() == 0 ? 0 : 1);
    }

    private static DiscoverySelector selector(String test) {
        return test.contains("#") ? selectMethod(test) : selectClass(test);
    }
}
