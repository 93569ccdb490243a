package dev.osprey.runtime;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The right to run one version of a model until it is closed; the version stays open that long. Closing twice is harmless. One
 * thread at a time.
 */
public final class Lease implements AutoCloseable {

    private final WarmModel model;
    private final AtomicBoolean returned = new AtomicBoolean();
    private WarmModel.@Nullable Buffers buffers;

    Lease(WarmModel model) {
        this.model = model;
    }

    public ModelManifest manifest() {
        return model.manifest();
    }

    public int version() {
        return model.version();
    }

    /** What the model's session was opened on, {@code CPU} or {@code CUDA}. */
    public ExecutionProvider provider() {
        return model.provider();
    }

    /** Bytes of {@code batch} pictures or clips in the shape of {@link ModelManifest#input}. */
    public int inputBytes(int batch) {
        return Math.toIntExact(batch * manifest().input().bytes());
    }

    /** Bytes of {@code batch} answers in the shape of {@link ModelManifest#output}. */
    public int outputBytes(int batch) {
        return Math.toIntExact(batch * manifest().output().bytes());
    }

    /**
     * Memory for {@link #run}'s input, for whoever has none: direct, in native byte order, for the manifest's greatest batch, its
     * content from another run. Valid until the lease is closed, and the same at every call.
     */
    public ByteBuffer input() {
        return buffers().input().clear();
    }

    /** As {@link #input}, for the output. */
    public ByteBuffer output() {
        return buffers().output().clear();
    }

    private WarmModel.Buffers buffers() {
        requireOpen();
        if (buffers == null) {
            buffers = model.takeBuffers();
        }
        return buffers;
    }

    private void requireOpen() {
        if (returned.get()) {
            throw new IllegalStateException("This lease was returned");
        }
    }

    /**
     * Runs the model on one batch.
     *
     * @param input the elements of {@link ModelManifest#input}, {@code [batch, shape...]}; pictures in the manifest's colour
     *     order, float32 in native byte order; direct, read from index 0; stays the caller's
     * @param output the elements of {@link ModelManifest#output}, {@code [batch, shape...]}, direct, written from index 0
     * @param batch 1 to the manifest's limit
     * @param cancellation ends the run between two of the network's nodes
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} when ONNX Runtime refuses the input or fails,
     *     {@link ErrorCode#CANCELLED} when the run was ended early
     */
    public void run(ByteBuffer input, ByteBuffer output, int batch, Cancellation cancellation) {
        requireOpen();
        model.run(input, output, batch, cancellation);
    }

    @Override
    public void close() {
        if (returned.compareAndSet(false, true)) {
            if (buffers != null) {
                model.giveBack(buffers);
            }
            model.release();
        }
    }
}
