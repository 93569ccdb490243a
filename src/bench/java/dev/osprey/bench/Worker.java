package dev.osprey.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Java process of the benchmark's own: asked by a line, it measures and answers with a line. */
final class Worker implements AutoCloseable {

    private final String name;
    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    private Worker(String name, Process process) {
        this.name = name;
        this.process = process;
        this.questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static Worker start(String name, @Nullable Core core, List<String> javaOptions, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(core == null ? List.of() : core.prefix());
        command.add(java());
        command.addAll(javaOptions);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new Worker(
                name,
                new ProcessBuilder(command)
                        .redirectError(Benchmark.FOLDER.resolve(name + ".log").toFile())
                        .start());
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    Samples ask(String question) throws IOException {
        questions.println(question);
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("%s ended; see %s".formatted(name, Benchmark.FOLDER.resolve(name + ".log")));
        }
        return Samples.parse(answer);
    }

    Process process() {
        return process;
    }

    /** The process ends when nobody can ask any more. */
    @Override
    public void close() throws IOException {
        questions.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
