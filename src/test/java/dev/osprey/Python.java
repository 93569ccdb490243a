package dev.osprey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The Python whose packages tests compare the server with, or have talk to it; {@code OSPREY_PYTHON} names one. */
public final class Python {

    private final Path program;

    /** @param output everything it printed */
    public record Run(int status, String output) {}

    private Python(Path program) {
        this.program = program;
    }

    /**
     * The Python that tests are to use; the test is skipped where there is none.
     *
     * @param modules that it must have, as an import names them
     * @param requirements the file that names their packages
     */
    public static Python with(String modules, String requirements) throws IOException, InterruptedException {
        Python python = new Python(Requires.program(
                "Python with what %s names (OSPREY_PYTHON names one)".formatted(requirements),
                Stream.of(
                                Optional.ofNullable(System.getenv("OSPREY_PYTHON")),
                                Optional.of("target/venv/bin/python"),
                                Optional.of(".venv/bin/python"),
                                Optional.of("target/venv/Scripts/python.exe"),
                                Optional.of(".venv/Scripts/python.exe"))
                        .flatMap(Optional::stream)
                        .toArray(String[]::new)));
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
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("It does not end: " + String.join(" ", command));
        }
        return new Run(process.exitValue(), output);
    }
}
