package dev.osprey.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model, loaded and warmed. Counts its leases, since {@code OrtSession.close()} must not meet a running
 * call: retired, it is closed by whoever returns the last lease. Any thread may use it.
 */
final class WarmModel {

    private static final Logger LOG = System.getLogger(WarmModel.class.getName());

    private final ModelManifest manifest;
    private final int version;
    private final Device device;
    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final LongAccumulator quickestRunNanos = new LongAccumulator(Math::min, Long.MAX_VALUE);

    /** Memory for runs that no lease uses now, as much as leases have used at the same time. */
    private final Queue<Buffers> idleBuffers = new ConcurrentLinkedQueue<>();

    private int leases;
    private boolean retired;
    private boolean closed;

    private WarmModel(
            ModelManifest manifest, int version, Device device, OrtSession.SessionOptions options, OrtSession session) {
        this.manifest = manifest;
        this.version = version;
        this.device = device;
        this.options = options;
        this.session = session;
    }

    /**
     * Opens a session, compares it with the manifest and runs it on random input for every batch size.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID} where file and manifest do not fit each other,
     *     {@link ErrorCode#MODEL_FAILED} where a warm-up run fails
     */
    static WarmModel load(ModelManifest manifest, int version, Path file, Device device) {
        OrtSession.SessionOptions options = null;
        OrtSession session = null;
        try {
            options = device.sessionOptions();
            session = device.openSession(file, options);
            checkTensors(manifest, session);
            WarmModel model = new WarmModel(manifest, version, device, options, session);
            model.warmUp();
            return model;
        } catch (OrtException e) {
            close(session, options);
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID,
                    "Version %d of \"%s\" is no network that ONNX Runtime can load".formatted(version, manifest.name()),
                    e);
        } catch (RuntimeException | Error e) {
            close(session, options);
            throw e;
        }
    }

    private static void checkTensors(ModelManifest manifest, OrtSession session) throws OrtException {
        List<String> problems = new ArrayList<>();
        int batch = manifest.batch().max();
        for (ModelManifest.Tensor input : manifest.inputs()) {
            checkTensor("input", input, session.getInputInfo(), batch, problems);
        }
        checkTensor("output", manifest.output(), session.getOutputInfo(), batch, problems);
        if (!problems.isEmpty()) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID,
                    "\"%s\" does not fit its manifest: %s".formatted(manifest.name(), String.join("; ", problems)));
        }
    }

    private static void checkTensor(
            String role,
            ModelManifest.Tensor expected,
            Map<String, NodeInfo> tensors,
            int maxBatch,
            List<String> problems) {
        String name = expected.tensor();
        NodeInfo node = tensors.get(name);
        if (node == null || !(node.getInfo() instanceof TensorInfo tensor)) {
            problems.add("it has no %s tensor \"%s\", but: %s".formatted(role, name, tensors.keySet()));
            return;
        }
        long[] shape = tensor.getShape();
        List<Integer> shapeOfOne = expected.shape();
        List<String> sides = new ArrayList<>(List.of(maxBatch == 1 ? "1" : "N"));
        shapeOfOne.forEach(side -> sides.add(side.toString()));
        boolean fits = tensor.type == onnxType(expected) && shape.length == shapeOfOne.size() + 1;
        for (int i = 0; fits && i < shapeOfOne.size(); i++) {
            fits = shape[i + 1] == shapeOfOne.get(i) || shape[i + 1] == -1;
        }
        fits = fits && (shape[0] == -1 || (maxBatch == 1 && shape[0] == 1));
        if (!fits) {
            problems.add("%s \"%s\" is %s %s, the manifest says %s [%s]"
                    .formatted(
                            role,
                            name,
                            tensor.type,
                            Arrays.toString(shape),
                            expected.elements().name().toLowerCase(Locale.ROOT),
                            String.join(", ", sides)));
        }
    }

    private static OnnxJavaType onnxType(ModelManifest.Tensor tensor) {
        return switch (tensor.elements()) {
            case UINT8 -> OnnxJavaType.UINT8;
            case INT32 -> OnnxJavaType.INT32;
            case FLOAT32 -> OnnxJavaType.FLOAT;
        };
    }

    private void warmUp() {
        List<Duration> runs = warmUp(new Cancellation());
        LOG.log(
                Level.DEBUG,
                "Warmed {0} {1} with {2} runs in {3} ms",
                manifest.name(),
                version,
                runs.size(),
                runs.stream().mapToLong(Duration::toMillis).sum());
    }

    /** See {@link Lease#warmUp}. */
    List<Duration> warmUp(Cancellation cancellation) {
        int batch = manifest.batch().max();
        List<ByteBuffer> inputs =
                manifest.inputs().stream().map(input -> noise(input, batch)).toList();
        ByteBuffer output = ByteBuffer.allocateDirect(bytes(manifest.output(), batch));
        List<Duration> runs = new ArrayList<>();
        for (int size = 1; size <= batch; size++) {
            for (int run = 0; run < manifest.warmupRuns(); run++) {
                long start = System.nanoTime();
                run(inputs, output, size, cancellation);
                runs.add(Duration.ofNanos(System.nanoTime() - start));
            }
        }
        return runs;
    }

    /**
     * Any byte, or any number from 0 to 1: random bits are mostly no numbers that a network ever sees. Of whole numbers, which count
     * something that there is only so much of, 0.
     */
    private ByteBuffer noise(ModelManifest.Tensor tensor, int batch) {
        ByteBuffer noise = ByteBuffer.allocateDirect(bytes(tensor, batch)).order(ByteOrder.nativeOrder());
        Random random = new Random(version);
        while (noise.hasRemaining()) {
            switch (tensor.elements()) {
                case UINT8 -> noise.put((byte) random.nextInt());
                case INT32 -> noise.putInt(0);
                case FLOAT32 -> noise.putFloat(random.nextFloat());
            }
        }
        return noise;
    }

    private static int bytes(ModelManifest.Tensor tensor, int batch) {
        return Math.toIntExact(batch * tensor.bytes());
    }

    private OnnxTensor tensor(ByteBuffer memory, ModelManifest.Tensor tensor, int batch) throws OrtException {
        long[] shape = LongStream.concat(
                        LongStream.of(batch), tensor.shape().stream().mapToLong(Integer::longValue))
                .toArray();
        return OnnxTensor.createTensor(
                device.environment(), memory.slice(0, bytes(tensor, batch)), shape, onnxType(tensor));
    }

    /** Direct memory for one run at a time, for the manifest's greatest batch, in native byte order. */
    record Buffers(List<ByteBuffer> inputs, ByteBuffer output) {}

    /** Somebody's until they are given back. */
    Buffers takeBuffers() {
        Buffers idle = idleBuffers.poll();
        return idle == null
                ? new Buffers(manifest.inputs().stream().map(this::buffer).toList(), buffer(manifest.output()))
                : idle;
    }

    void giveBack(Buffers buffers) {
        idleBuffers.add(buffers);
    }

    private ByteBuffer buffer(ModelManifest.Tensor tensor) {
        return ByteBuffer.allocateDirect(bytes(tensor, manifest.batch().max())).order(ByteOrder.nativeOrder());
    }

    /** The tensors of one run, by their names. */
    private record Inputs(Map<String, OnnxTensor> tensors) implements AutoCloseable {

        @Override
        public void close() {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private Inputs inputs(List<ByteBuffer> memory, int batch) throws OrtException {
        List<ModelManifest.Tensor> expected = manifest.inputs();
        if (memory.size() != expected.size()) {
            throw new IllegalArgumentException(
                    "\"%s\" takes %d inputs, there are %d".formatted(manifest.name(), expected.size(), memory.size()));
        }
        Inputs inputs = new Inputs(new HashMap<>());
        try {
            for (int i = 0; i < expected.size(); i++) {
                inputs.tensors.put(expected.get(i).tensor(), tensor(memory.get(i), expected.get(i), batch));
            }
            return inputs;
        } catch (OrtException | RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    /**
     * See {@link Lease#run}.
     *
     * @param inputMemory one for each of {@link ModelManifest#inputs}
     */
    void run(List<ByteBuffer> inputMemory, ByteBuffer outputMemory, int batch, Cancellation cancellation) {
        String outputName = manifest.output().tensor();
        long start = System.nanoTime();
        try (Inputs inputs = inputs(inputMemory, batch);
                OnnxTensor output = tensor(outputMemory, manifest.output(), batch);
                OrtSession.RunOptions runOptions = new OrtSession.RunOptions();
                Cancellation.Interest interest = cancellation.whenRequested(() -> terminate(runOptions));
                OrtSession.Result result =
                        session.run(inputs.tensors(), Set.of(), Map.of(outputName, output), runOptions)) {
            LOG.log(Level.TRACE, "{0} gave {1} for {2}", manifest.name(), result, interest);
            if (batch == 1) {
                quickestRunNanos.accumulate(Math.max(1, System.nanoTime() - start));
            }
        } catch (OrtException e) {
            if (cancellation.isRequested()) {
                throw new OspreyException(ErrorCode.CANCELLED, "Nobody wants the answer any more", e);
            }
            throw new OspreyException(
                    ErrorCode.MODEL_FAILED, "The model \"" + manifest.name() + "\" failed on this frame", e);
        }
    }

    /** What a run on one picture took when nothing was in its way: the least of all so far, the warm-up included. */
    long quickestRunNanos() {
        return quickestRunNanos.get();
    }

    /** Ends a run between two of the network's nodes. */
    private static void terminate(OrtSession.RunOptions runOptions) {
        try {
            runOptions.setTerminate(true);
        } catch (OrtException e) {
            LOG.log(Level.WARNING, "A run could not be ended early", e);
        }
    }

    ModelManifest manifest() {
        return manifest;
    }

    int version() {
        return version;
    }

    ExecutionProvider provider() {
        return device.provider();
    }

    synchronized int leases() {
        return leases;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Whether the model could be leased; a retired one cannot. */
    synchronized boolean tryAcquire() {
        if (retired) {
            return false;
        }
        leases++;
        return true;
    }

    void release() {
        boolean last;
        synchronized (this) {
            leases--;
            last = retired && leases == 0 && !closed;
            closed |= last;
        }
        if (last) {
            close(session, options);
        }
    }

    /** No further leases; the session is closed as soon as there are none left, which may be now. */
    void retire() {
        boolean idle;
        synchronized (this) {
            retired = true;
            idle = leases == 0 && !closed;
            closed |= idle;
        }
        if (idle) {
            close(session, options);
        }
    }

    /** The session before its options: they must outlive it. */
    private static void close(@Nullable OrtSession session, OrtSession.@Nullable SessionOptions options) {
        try (OrtSession.SessionOptions last = options;
                OrtSession first = session) {
            LOG.log(Level.DEBUG, "Closing {0} with {1}", first, last);
        } catch (OrtException e) {
            LOG.log(Level.WARNING, "A session could not be closed", e);
        }
    }
}
