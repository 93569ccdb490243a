package dev.osprey.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEnvironment.ThreadingOptions;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.OspreyConfig.ProviderPreference;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where models run: decided once, when the server starts. Opens sessions; whoever opened one closes it. */
final class Device {

    private static final Logger LOG = System.getLogger(Device.class.getName());
    private static final Pattern MISSING_LIBRARY = Pattern.compile(
            "([\\w.+-]+\\.(?:so|dll|dylib)[.\\d]*):? cannot open|\\\\([\\w.+-]+\\.dll)\" which is missing");

    private final OrtEnvironment environment;
    private final ExecutionProvider provider;

    private final CorePlan plan;

    private Device(OrtEnvironment environment, ExecutionProvider provider, CorePlan plan) {
        this.environment = environment;
        this.provider = provider;
        this.plan = plan;
    }

    /**
     * Takes CUDA where the settings allow it and it works, the CPU otherwise; says in one line which and why.
     *
     * @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} where CUDA is demanded and does not work
     */
    static Device open(OspreyConfig.Runtime settings) {
        CorePlan plan = CorePlan.of(settings, Runtime.getRuntime().availableProcessors());
        OrtEnvironment environment = environment(plan.threads());
        if (settings.provider() == ProviderPreference.CPU) {
            LOG.log(Level.INFO, "Models run on the CPU{0}, as osprey.runtime.provider says", words(plan));
            return new Device(environment, ExecutionProvider.CPU, plan);
        }
        Optional<String> obstacle = cudaObstacle();
        if (obstacle.isEmpty()) {
            LOG.log(Level.INFO, "Models run on CUDA");
            return new Device(environment, ExecutionProvider.CUDA, plan);
        }
        if (settings.provider() == ProviderPreference.CUDA) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "osprey.runtime.provider is cuda, but CUDA does not work: " + obstacle.get());
        }
        LOG.log(Level.INFO, "Models run on the CPU{0}, not on CUDA: {1}", words(plan), obstacle.get());
        return new Device(environment, ExecutionProvider.CPU, plan);
    }

    private static String words(CorePlan plan) {
        return " with %d thread(s), %d call(s) at a time".formatted(plan.threads(), plan.runs());
    }

    /** The process's one environment; after a redeployment the earlier one, with its thread pool, is still there. */
    private static OrtEnvironment environment(int threads) {
        // The process keeps its environment to the end and the environment keeps the options' pool: never closed.
        try (ThreadingOptions options = new ThreadingOptions()) {
            options.setGlobalIntraOpNumThreads(threads);
            options.setGlobalInterOpNumThreads(1);
            // Spinning threads would take the processors that decode and send.
            options.setGlobalSpinControl(false);
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "osprey", options);
        } catch (IllegalStateException e) {
            return OrtEnvironment.getEnvironment();
        } catch (OrtException e) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID, "ONNX Runtime does not take a pool of " + threads + " threads", e);
        }
    }

    private static Optional<String> cudaObstacle() {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return Optional.of("this build has the ONNX Runtime library without CUDA (build with -Pgpu for it)");
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
            options.addCUDA(cuda);
            return Optional.empty();
        } catch (OrtException e) {
            String message = String.valueOf(e.getMessage());
            Matcher missing = MISSING_LIBRARY.matcher(message);
            return Optional.of(
                    missing.find()
                            ? "the library " + (missing.group(1) != null ? missing.group(1) : missing.group(2))
                                    + " is missing"
                            : message.lines().findFirst().orElse("ONNX Runtime gives no reason"));
        }
    }

    OrtEnvironment environment() {
        return environment;
    }

    ExecutionProvider provider() {
        return provider;
    }

    CorePlan plan() {
        return plan;
    }

    /** The caller closes the options after the session that was opened with them. */
    OrtSession.SessionOptions sessionOptions() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.disablePerSessionThreads();
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        if (provider == ExecutionProvider.CUDA) {
            // ONNX Runtime 1.28 grows with memory patterns on CUDA (microsoft/onnxruntime#29351).
            options.setMemoryPatternOptimization(false);
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
                cuda.add("arena_extend_strategy", "kSameAsRequested");
                cuda.add("cudnn_conv_algo_search", "HEURISTIC");
                options.addCUDA(cuda);
            }
        }
        return options;
    }

    OrtSession openSession(Path file, OrtSession.SessionOptions options) throws OrtException {
        return environment.createSession(file.toString(), options);
    }
}
