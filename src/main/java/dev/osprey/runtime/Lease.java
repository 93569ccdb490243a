package dev.osprey.runtime;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The right to run one version of a model until it is closed; the version stays open that long. Closing twice is harmless. */
public final class Lease implements AutoCloseable {

    private final WarmModel model;
    private final AtomicBoolean returned = new AtomicBoolean();

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

    /** Bytes of {@code batch} pictures in the shape of {@link ModelManifest.Input}. */
    public int inputBytes(int batch) {
        return batch * WarmModel.bytesPerInput(manifest());
    }

    /** Bytes of {@code batch} masks in the shape of {@link ModelManifest.Output}. */
    public int outputBytes(int batch) {
        return batch * WarmModel.bytesPerOutput(manifest());
    }

    /**
     * Runs the model on one batch.
     *
     * @param pixels {@code uint8 [batch, height, width, 3]} in the manifest's colour order; direct, read from index 0;
     *     stays the caller's
     * @param mask {@code uint8 [batch, height, width]}, direct, written from index 0
     * @param batch 1 to the manifest's limit
     * @param cancellation ends the run between two of the network's nodes
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} when ONNX Runtime refuses the input or fails,
     *     {@link ErrorCode#CANCELLED} when the run was ended early
     */
    public void run(ByteBuffer pixels, ByteBuffer mask, int batch, Cancellation cancellation) {
        if (returned.get()) {
            throw new IllegalStateException("This lease was returned");
        }
        model.run(pixels, mask, batch, cancellation);
    }

    @Override
    public void close() {
        if (returned.compareAndSet(false, true)) {
            model.release();
        }
    }
}
