package dev.osprey.socketio;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.concurrent.Executor;

/**
 * A poll that may wait for its answer. The library answers it on whichever thread has something to send, which is often busy
 * with another request; the container would then end the poll in the middle of that one, and mix up what it keeps for both. And
 * it keeps every session's first headers, which nobody asks for, until long after the session's end: it sees none.
 */
final class PollRequest extends HttpServletRequestWrapper {

    private final Executor elsewhere;

    /** @param elsewhere threads that have no request */
    PollRequest(HttpServletRequest request, Executor elsewhere) {
        super(request);
        this.elsewhere = elsewhere;
    }

    @Override
    public AsyncContext startAsync() {
        return completedElsewhere(super.startAsync());
    }

    @Override
    public AsyncContext getAsyncContext() {
        return completedElsewhere(super.getAsyncContext());
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.emptyEnumeration();
    }

    private AsyncContext completedElsewhere(AsyncContext context) {
        return (AsyncContext) Proxy.newProxyInstance(
                PollRequest.class.getClassLoader(), new Class<?>[] {AsyncContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("complete")) {
                        elsewhere.execute(context::complete);
                        return null;
                    }
                    try {
                        return method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
