package dev.osprey.fault;

/** Everything that can go wrong on purpose, with what each wire makes of it. */
public enum ErrorCode {
    /** An image without a byte in it. */
    IMAGE_EMPTY(400, false),
    /** Bytes that are no image of a supported format, or a damaged one. */
    IMAGE_UNREADABLE(422, false),
    /** More bytes, or more pixels by its header, than the limit allows. */
    IMAGE_TOO_LARGE(413, false),
    /** A file that is no video of a supported format, or one without a picture that can be decoded. */
    VIDEO_UNREADABLE(422, false),
    /** Larger or longer, by its header or when decoded, than the limit allows. */
    VIDEO_TOO_LARGE(413, false),
    /** Bytes that are no mesh of a supported format, or a damaged one; or what no mesh can be made of. */
    MESH_UNREADABLE(422, false),
    /** More triangles or vertices, by its header or when read, than the limit allows. */
    MESH_TOO_LARGE(413, false),
    /** An upload of more bytes than the limit allows. */
    UPLOAD_TOO_LARGE(413, false),
    /** An upload that is not what it has to be: no file, no name, another type than its name says. */
    UPLOAD_INVALID(400, false),
    /** A scoring box's file without what a decision needs, or with too much. */
    SIGNAL_INVALID(422, false),
    /** A video in which the two fencers are never seen together. */
    BOUT_UNREADABLE(422, false),
    /** A setting outside its range or of the wrong type. */
    SETTING_INVALID(400, false),
    /** No setting of that name. */
    SETTING_UNKNOWN(404, false),
    /** A setting that counts from the start of the server on. */
    SETTING_FIXED(409, false),
    /** The caller does not show who it is, or shows what does not count. */
    UNAUTHENTICATED(401, false),
    /** More requests than the caller may make. */
    RATE_EXCEEDED(429, true),
    /** No such key. */
    KEY_UNKNOWN(404, false),
    /** The caller may not do what was asked for. */
    OPERATION_FORBIDDEN(403, false),
    /** The configuration of the server does not hold together; detail lists every problem. */
    CONFIGURATION_INVALID(500, false),
    /** A manifest or its file is wrong; detail lists every problem of every manifest. */
    MODEL_INVALID(500, false),
    /** No such model, or no such version of it. */
    MODEL_UNKNOWN(404, false),
    /** The model exists but is not loaded. */
    MODEL_NOT_READY(503, true),
    /** ONNX Runtime refused the input or failed while running. */
    MODEL_FAILED(500, true),
    /** The work waited for its turn until it was too late to start it. */
    DEADLINE_EXCEEDED(503, true),
    /** Nobody waits for the answer any more. */
    CANCELLED(499, false),
    /** Loading would exceed the memory budget; detail has the numbers. */
    MEMORY_EXHAUSTED(507, true),
    /** No such stream, or it has ended. */
    STREAM_UNKNOWN(404, false),
    /** No such job. */
    JOB_UNKNOWN(404, false),
    /** What is asked for needs a job that has ended, and this one has not. */
    JOB_UNFINISHED(409, true),
    /** What the job was made of is not there any more. */
    JOB_INPUT_GONE(409, false),
    /** The job has no such artifact, or no longer. */
    ARTIFACT_UNKNOWN(404, false),
    /** A run of a job that is no longer this run's: another one has it, or nobody. */
    LEASE_LOST(409, false),
    /** A job was begun as often as it may be, and its server died each time. */
    ATTEMPTS_EXHAUSTED(500, false),
    /** What does a job failed in a way it did not foresee; the log says more. */
    JOB_FAILED(500, false),
    /** As many as may at once do already; detail has the limit and the value. */
    CAPACITY_EXHAUSTED(503, true),
    /** The database of jobs does not answer. */
    STORE_UNAVAILABLE(503, true),
    /** The server is stopping, or the model was unloaded while work waited for it. */
    SERVER_STOPPING(503, true);

    private final int httpStatus;
    private final boolean retryable;

    ErrorCode(int httpStatus, boolean retryable) {
        this.httpStatus = httpStatus;
        this.retryable = retryable;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed later without a change. */
    public boolean retryable() {
        return retryable;
    }
}
