package dev.osprey.stream;

import dev.osprey.access.Caller;

/** One client that is connected, on whatever wire, as an operator sees it. Any thread. */
public interface LiveStream {

    /** Where the client is. */
    String address();

    /** Who the client is. */
    Caller caller();

    Activity activity();

    /** Answers that are owed or on their way to the client. */
    int waiting();

    /** Ends the connection; the client is told the reason where its protocol has words for it. */
    void close(CloseCode code, String reason);
}
