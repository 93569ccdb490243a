package dev.osprey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The Python whose packages tests compare the server with, or have talk to it. */
public final class Python {

    private final Path program;

    /** @param output everything it printed */
    public record Run(int status, String output) {}

    private Python(Path program) {
        this.program = program;
    }

    /**
     * The Python with the networks' own libraries; the test is skipped where there is none.
     *
     * @param modules that it must have, as an import names them
     * @param requirements the file that names their packages
     */
    public static Python with(String modules, String requirements) throws IOException, InterruptedException {
        return of("OSPREY_PYTHON", List.of("target/venv", ".venv"), modules, requirements);
    }

    /** As {@link #with}, with MediaPipe, which wants older packages than the others. */
    public static Python withMediaPipe() throws IOException, InterruptedException {
        return of(
                "OSPREY_MEDIAPIPE",
                List.of("target/venv-mediapipe"),
                "cv2, mediapipe",
                "models/export/reference-hands.txt");
    }

    private static Python of(String variable, List<String> environments, String modules, String requirements)
            throws IOException, InterruptedException {
        List<String> candidates = new ArrayList<>();
        Optional.ofNullable(System.getenv(variable)).ifPresent(candidates::add);
        environments.forEach(environment -> candidates.add(environment + "/bin/python"));
        environments.forEach(environment -> candidates.add(environment + "/Scripts/python.exe"));
        Python python = new Python(Requires.program(
                "Python with what %s names (%s names one)".formatted(requirements, variable),
                candidates.toArray(String[]::new)));
        Run imports = python.run(List.of("-c", "import " + modules));
        if (imports.status() != 0) {
            throw Requires.missing("%s lacks what %s names (%s)"
                    .formatted(
                            python.program,
                            requirements,
                            imports.output()
                                    .lines()
                                    .reduce((first, last) -> last)
                                    .orElse("no reason given")));
        }
        return python;
    }

    /** Runs it to its end, which must come within a minute of its last word. */
    public Run run(List<String> arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("It does not end: " + String.join(" ", arguments));
        }
        return new Run(process.exitValue(), output);
    }

    /** Has it run, what it says on one stream. */
    public Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }
}
