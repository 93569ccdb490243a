package dev.osprey.client;

/** What the process ends with, for scripts; the help lists the same. */
enum ExitCode {
    /** The server has decided, or has found that there is nothing to decide. */
    DECIDED(0),
    /** The server refused the session or could not process it. */
    REFUSED(1),
    /** An option is wrong, or a file or camera cannot be used. */
    USAGE(2),
    /** There was no connection, it was lost for good, or no answer came in time. */
    NO_CONNECTION(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
