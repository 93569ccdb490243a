package dev.osprey.access;

import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.Serializable;

/** What the session of a browser remembers of who has signed in. */
final class SignedIn implements HttpSessionBindingListener, Serializable {

    private static final long serialVersionUID = 1;

    private final String name;
    private final String keyHash;
    private final long since;
    private final String csrf;
    private transient volatile boolean ended;

    /**
     * @param keyHash of the key that was shown; empty for an operator
     * @param since when the operator's password was given
     * @param csrf what requests that change something must show
     */
    SignedIn(String name, String keyHash, long since, String csrf) {
        this.name = name;
        this.keyHash = keyHash;
        this.since = since;
        this.csrf = csrf;
    }

    String name() {
        return name;
    }

    String keyHash() {
        return keyHash;
    }

    long since() {
        return since;
    }

    String csrf() {
        return csrf;
    }

    /** Whether the session is over: signed out, signed in anew, or not used for too long. */
    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        end();
    }
}
