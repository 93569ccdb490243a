package dev.osprey.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Every setting of Osprey. The key of a component is {@code osprey.<section>.<name-in-kebab-case>}; unit, meaning and
 * default of each stand in {@code META-INF/microprofile-config.properties}.
 */
public record OspreyConfig(
        Server server,
        Access access,
        Model model,
        Runtime runtime,
        Inference inference,
        Imaging imaging,
        Stream stream,
        Segmentation segmentation,
        Fingerspelling fingerspelling,
        Socketio socketio,
        Signs signs,
        Jobs jobs,
        Referee referee,
        Studio studio,
        Metrics metrics) {

    public record Server(
            String address,
            @Range(min = 1, max = 65_535) int port,
            @Live Duration drainTimeout,
            @Live @Range(min = 0, max = 86_400) Duration drainDelay) {}

    public record Access(
            AccessMode mode,
            String operatorPassword,
            String tokenIssuer,
            String tokenKeys,
            String tokenAudience,
            List<String> trustedProxies,
            @Live List<String> allowedOrigins) {

        /** Without the password. */
        @Override
        public String toString() {
            return "Access[mode=%s]".formatted(mode);
        }
    }

    /** By what callers show who they are. */
    public enum AccessMode {
        /** Nobody has to, and the server listens on this machine only. */
        LOCAL,
        /** Nobody has to, wherever they come from. */
        OPEN,
        KEYS,
        TOKENS,
        KEYS_AND_TOKENS;

        public boolean takesKeys() {
            return this == KEYS || this == KEYS_AND_TOKENS;
        }

        public boolean takesTokens() {
            return this == TOKENS || this == KEYS_AND_TOKENS;
        }
    }

    public record Model(Path repository, @Live List<String> required) {}

    /** Named as its package is, which is what its keys are named after. */
    @SuppressWarnings("JavaLangClash")
    public record Runtime(
            ProviderPreference provider,
            @Range(min = 0, max = 1_024) int concurrentRuns,
            @Range(min = 0, max = 1_024) int intraOpThreads,
            @Range(min = 1, max = 1_048_576) int memoryBudgetMib) {}

    /** Where models run: {@code AUTO} is CUDA where it works and the CPU elsewhere. */
    public enum ProviderPreference {
        AUTO,
        CPU,
        CUDA
    }

    public record Inference(Duration interactivePatience, Duration batchPatience) {}

    public record Imaging(
            @Range(min = 1, max = 65_535) int maxWidth,
            @Range(min = 1, max = 65_535) int maxHeight) {}

    public record Stream(
            @Live @Range(min = 1, max = 1_000_000) int maxConnections,
            @Live @Range(min = 1, max = 1_000_000) int maxConnectionsPerAddress,
            @Range(min = 1_024, max = 67_108_864) int maxMessageBytes,
            @Range(min = 1, max = 1_000) int maxFramesWaiting,
            @Live Duration maxQueueTime,
            @Live @Range(min = 2, max = 100_000) int maxUnanswered,
            @Live @Range(min = 1, max = 1_000_000) int maxMalformedMessages,
            @Live Duration sendTimeout,
            Duration pingInterval,
            Duration pongTimeout) {

        /** The same limits for messages of another size. */
        public Stream withMaxMessageBytes(int bytes) {
            return new Stream(
                    maxConnections,
                    maxConnectionsPerAddress,
                    bytes,
                    maxFramesWaiting,
                    maxQueueTime,
                    maxUnanswered,
                    maxMalformedMessages,
                    sendTimeout,
                    pingInterval,
                    pongTimeout);
        }
    }

    public record Segmentation(
            String fastModel,
            String balancedModel,
            String accurateModel,
            String sotaModel,

            @Live @OneOf({"fast", "balanced", "accurate", "sota"})
            String defaultMode,

            @Live @OneOf({"filled", "contour", "side-by-side", "blend"})
            String defaultVisualization,

            @Live @Range(min = 0, max = 1) double defaultOpacity,
            @Live @Range(min = 1, max = 100) int jpegQuality,
            boolean answerFailedFrames) {

        /** The model of the mode that a new connection starts with. */
        public String defaultModel() {
            return switch (defaultMode) {
                case "fast" -> fastModel;
                case "accurate" -> accurateModel;
                case "sota" -> sotaModel;
                default -> balancedModel;
            };
        }
    }

    public record Fingerspelling(
            String path,
            @Range(min = 0, max = 65_535) int port,
            String model,
            String palmModel,
            String handModel,
            @Range(min = 0, max = 1) double detectionConfidence,
            @Range(min = 0, max = 1) double trackingConfidence,
            @Range(min = 1_024, max = 67_108_864) int maxMessageBytes,
            @Range(min = 1, max = 1_000) int smoothing,
            Duration minInterval,
            @Range(min = 0, max = 1) double minChange,
            boolean sendMilestones,
            boolean repeatUnchanged,
            boolean wordMode,
            @Range(min = 0, max = 1) double wordProbability,
            boolean answerErrors,
            Duration errorInterval) {}

    public record Socketio(
            Duration pingInterval,
            Duration pingTimeout,
            @Range(min = 1_024, max = 67_108_864) int maxMessageBytes) {}

    public record Signs(
            @Range(min = 0, max = 65_535) int port,
            String model,
            @Live @Range(min = 1, max = 1_000_000) int maxClients,
            boolean answerErrors,
            Duration errorInterval) {}

    public record Jobs(
            Path folder,
            String url,
            String user,
            String password,
            @Live @Range(min = 1, max = 1_000_000) int maxWaiting,
            @Range(min = 1, max = 100) int maxAttempts,
            Duration lease,
            Duration pollInterval,
            Duration progressInterval,
            @Range(min = 10, max = 100_000) int maxProgressEvents,
            @Range(min = 1, max = 1_000_000) int keepFilesHours,
            @Range(min = 1, max = 1_000_000) int keepRecordHours,
            @Range(min = 1, max = 1_073_741_824) int maxFilesMib,
            @Range(min = 0, max = 1_073_741_824) int minFreeMib,
            @Live @Range(min = 1, max = 100_000) int maxFollowers,
            @Live @Range(min = 1, max = 100_000) int maxFollowersPerCaller,
            @Range(min = 1, max = 1_000) int maxDownloads) {

        /** Without the password. */
        @Override
        public String toString() {
            return "Jobs[folder=%s, user=%s]".formatted(folder, user);
        }
    }

    public record Referee(
            boolean streamingEnabled,
            @Live @Range(min = 0, max = 1_000) int maxSessions,
            @Live @Range(min = 1, max = 1_048_576) int maxSpoolMib,
            @Range(min = 1, max = 8_640_000) int maxFrames,
            Duration sessionTimeout,
            @Range(min = 1_024, max = 67_108_864) int maxMessageBytes,
            @Range(min = 1, max = 16_777_216) int maxSignalBytes,
            @Range(min = 1, max = 1_048_576) int maxUploadMib,
            @Range(min = 1, max = 1_000) int maxUploads,
            Duration maxDuration,
            String detectorModel,
            String poseModel,
            String rule,
            String weapon,
            boolean signalAtVideoRate,
            boolean fisheyeEnabled,
            @Range(min = -1, max = 1) double fisheyeStrength,
            @Range(min = 0, max = 1) double fisheyeBalance,
            @Range(min = 1, max = 64) int concurrentAnalyses) {}

    public record Studio(
            String depthModel,
            String foregroundModel,
            List<String> backgroundLabels,
            String textEncoderModel,
            String denoiserModel,
            String decoderModel,
            @Live @Range(min = 1, max = 1_024) int maxUploadMib,
            @Range(min = 1, max = 1_000) int maxUploads,
            @Range(min = 1, max = 1_000) int maxBatchFiles,
            @Range(min = 4, max = 10_000_000) int maxTriangles,
            @Range(min = 1, max = 1_024) int maxBase64Mib,
            @Range(min = 1, max = 64) int concurrentPictures,
            @Range(min = 1, max = 64) int concurrentMeshes,
            @Live @Range(min = 0, max = 1_000_000) int requestsPerMinute,
            Duration downloadWait,
            Audience audience,
            @Range(min = 0, max = 1_000_000) int cacheEntries,
            @Range(min = 1, max = 1_048_576) int cacheMib,
            @Range(min = 1, max = 100_000) int cacheHours) {}

    /** Who is told of a job's progress beside those that have asked for it. */
    public enum Audience {
        /** Nobody. */
        SUBSCRIBERS,
        /** Who is connected from the address that the job was asked for from. */
        SAME_ADDRESS,
        EVERYONE
    }

    public record Metrics(boolean studioAliases) {}
}
