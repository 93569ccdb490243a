package dev.osprey.client;

/** Why the client ends without a decision, in a sentence for its user. */
final class ClientFailure extends RuntimeException {

    private final ExitCode exitCode;

    ClientFailure(ExitCode exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
