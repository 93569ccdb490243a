package dev.osprey.admin;

import dev.osprey.access.AccessControl;
import dev.osprey.access.Audit;
import dev.osprey.access.Caller;
import dev.osprey.access.Operators;
import dev.osprey.access.SignIn;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;

/** {@code /api/session}: who has signed in with this browser; signing in and out. */
@Singleton
@Path("session")
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    private final AccessControl access;
    private final SignIn signIn;
    private final Operators operators;
    private final Audit audit;

    @Inject
    public SessionResource(AccessControl access, SignIn signIn, Operators operators, Audit audit) {
        this.access = access;
        this.signIn = signIn;
        this.operators = operators;
        this.audit = audit;
    }

    @GET
    public Response who(@Context HttpServletRequest request) {
        Caller caller = access.signedInCaller(request)
                .orElseThrow(() -> new OspreyException(ErrorCode.UNAUTHENTICATED, "Nobody has signed in"));
        return answer(caller, AccessControl.csrf(request).orElse(""));
    }

    /** {@code {"name", "password"}} of an operator, or {@code {"key"}} of anybody. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response signIn(InputStream body, @Context HttpServletRequest request) throws IOException {
        JsonObject fields = JsonBody.object(body);
        if (fields.containsKey("key")) {
            String csrf = access.signInWithKey(request, JsonBody.text(fields, "key"));
            return answer(access.signedInCaller(request).orElseThrow(), csrf);
        }
        String name = JsonBody.text(fields, "name");
        SignIn.Outcome outcome = signIn.tryPassword(name, JsonBody.text(fields, "password"), request.getRemoteAddr());
        audit.record(name, Audit.SIGN_IN, "/admin/", request.getRemoteAddr(), outcome instanceof SignIn.Outcome.Right);
        if (outcome instanceof SignIn.Outcome.Held held) {
            OspreyException failure = new OspreyException(
                    ErrorCode.RATE_EXCEEDED,
                    "The password was wrong too often; try again in %d s".formatted(held.seconds()));
            return Response.fromResponse(new ProblemMapper().toResponse(failure))
                    .header("Retry-After", held.seconds())
                    .build();
        } else if (outcome instanceof SignIn.Outcome.Wrong) {
            throw new OspreyException(ErrorCode.UNAUTHENTICATED, "The name or the password is wrong");
        }
        String csrf = access.signIn(request, name);
        return answer(access.signedInCaller(request).orElseThrow(), csrf);
    }

    @DELETE
    public void signOut(@Context HttpServletRequest request) {
        // Without a token: a foreign page's request brings no cookie, and nothing is lost.
        AccessControl.signOut(request);
    }

    /** {@code {"current", "new"}}: another password for the operator who has signed in; every session of the old one ends. */
    @PUT
    @Path("password")
    @Consumes(MediaType.APPLICATION_JSON)
    public void changePassword(InputStream body, @Context HttpServletRequest request) throws IOException {
        Caller caller = access.signedInCaller(request)
                .filter(Caller::operator)
                .orElseThrow(() -> new OspreyException(ErrorCode.UNAUTHENTICATED, "Sign in as an operator first"));
        access.requireToken(request);
        JsonObject fields = JsonBody.object(body);
        SignIn.Outcome outcome =
                signIn.tryPassword(caller.name(), JsonBody.text(fields, "current"), request.getRemoteAddr());
        boolean right = outcome instanceof SignIn.Outcome.Right;
        if (right) {
            operators.changePassword(caller.name(), JsonBody.text(fields, "new"));
        }
        audit.record(caller.name(), "change password", "/admin/", request.getRemoteAddr(), right);
        if (!right) {
            throw new OspreyException(ErrorCode.OPERATION_FORBIDDEN, "The present password is wrong");
        }
        access.signIn(request, caller.name());
    }

    private static Response answer(Caller caller, String csrf) {
        return Response.ok(Json.createObjectBuilder()
                        .add("name", caller.name())
                        .add("role", caller.operator() ? "operator" : "user")
                        .add("csrf", csrf)
                        .build())
                .header("Cache-Control", "no-store")
                .build();
    }
}
