package dev.osprey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Node whose packages talk to the server. */
public final class Node {

    private static final String VARIABLE = "OSPREY_NODE_MODULES";

    private final Path program;
    private final Path modules;

    private Node(Path program, Path modules) {
        this.program = program;
        this.modules = modules;
    }

    /**
     * Node with a package that {@code src/test/javascript/package.json} names; the test is skipped where it is missing.
     *
     * @param module as scripts name it
     */
    public static Node with(String module) {
        Path program = Requires.program("Node", "node");
        Path modules = Path.of(Optional.ofNullable(System.getenv(VARIABLE)).orElse("target/node/node_modules"));
        Requires.existing(
                "%s for Node, of src/test/javascript/package.json (%s names its folder)".formatted(module, VARIABLE),
                modules.resolve(module));
        return new Node(program, modules.toAbsolutePath());
    }

    /** Has it run, what it says on one stream. */
    public Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        ProcessBuilder start = new ProcessBuilder(command).redirectErrorStream(true);
        start.environment().put("NODE_PATH", modules.toString());
        Process process = start.start();
        process.getOutputStream().close();
        return process;
    }
}
