package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.mesh.Bounds;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.MeshAnalysis;
import dev.osprey.mesh.PrintAnalysis;
import dev.osprey.mesh.PrintEstimate;
import dev.osprey.mesh.PrintOptimisation;
import dev.osprey.mesh.Printer;
import dev.osprey.mesh.Repair;
import dev.osprey.mesh.Simplification;
import dev.osprey.mesh.Stl;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/** Work on an uploaded STL file ({@code protocols/studio.md}, 6): a job like others, so that large ones wait for their turn. */
final class MeshOperation implements JobKind {

    static final String KIND = "mesh-operation";

    /** In the job's folder: the upload. */
    static final String SOURCE = "source.stl";

    private static final String RESULT = "result.stl";

    static final double DEFAULT_REDUCTION = 0.5;

    /** What is to be done. */
    enum Operation {
        ANALYZE("analyzed"),
        REPAIR("repaired"),
        OPTIMIZE("optimized"),
        SIMPLIFY("simplified");

        private final String prefix;

        Operation(String prefix) {
            this.prefix = prefix;
        }

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param fileName the client's, cleaned
     * @param aggressive of a repair
     * @param targetFaces of a simplification; where there are none, {@code targetReduction} from 0 to 1 counts
     */
    record Request(
            Operation operation,
            String fileName,
            boolean aggressive,
            Optional<Integer> targetFaces,
            double targetReduction) {

        JsonObject toJson() {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("operation", operation.wireName())
                    .add("file_name", fileName)
                    .add("aggressive", aggressive)
                    .add("target_reduction", targetReduction);
            targetFaces.ifPresent(faces -> json.add("target_faces", faces));
            return json.build();
        }

        static Request ofJson(String text) {
            JsonObject json = Fields.object(text).orElseThrow();
            return new Request(
                    Operation.valueOf(json.getString("operation").toUpperCase(Locale.ROOT)),
                    json.getString("file_name"),
                    json.getBoolean("aggressive"),
                    json.containsKey("target_faces") ? Optional.of(json.getInt("target_faces")) : Optional.empty(),
                    json.getJsonNumber("target_reduction").doubleValue());
        }

        String outputName() {
            return operation.prefix + "_" + FileName.withoutExtension(fileName) + ".stl";
        }
    }

    private final OspreyConfig.Studio settings;

    MeshOperation(OspreyConfig.Studio settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int concurrency() {
        return settings.concurrentMeshes();
    }

    @Override
    public List<String> inputs(Path folder) {
        return List.of(SOURCE);
    }

    @Override
    public String run(JobRun run) throws IOException {
        Request request = Request.ofJson(run.job().parameters());
        long start = System.nanoTime();
        run.progress(request.operation().wireName(), 0.1, "Reading the mesh");
        Mesh mesh =
                Stl.read(ByteBuffer.wrap(Files.readAllBytes(run.folder().resolve(SOURCE))), settings.maxTriangles());
        run.progress(request.operation().wireName(), 0.3, "Working on %d triangles".formatted(mesh.triangles()));
        return switch (request.operation()) {
            case ANALYZE ->
                analysed(PrintAnalysis.of(mesh, progress(run, request, "Analysing the mesh...")), start)
                        .toString();
            case REPAIR -> repaired(run, request, mesh, start);
            case OPTIMIZE -> optimised(run, request, mesh, start);
            case SIMPLIFY -> simplified(run, request, mesh, start);
        };
    }

    /** Of the work itself, between reading and writing. */
    private static DoubleConsumer progress(JobRun run, Request request, String message) {
        return part -> {
            checkCancelled(run);
            run.progress(request.operation().wireName(), 0.3 + 0.6 * part, message);
        };
    }

    /** What is looked at beside the work itself, which takes as long with large meshes. */
    private static PrintAnalysis looked(JobRun run, Mesh mesh) {
        return PrintAnalysis.of(mesh, part -> checkCancelled(run));
    }

    private static void checkCancelled(JobRun run) {
        if (run.cancellation().isRequested()) {
            throw new OspreyException(ErrorCode.CANCELLED, "The work was cancelled");
        }
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static JsonObject analysed(PrintAnalysis analysis, long start) {
        MeshAnalysis mesh = analysis.mesh();
        JsonArrayBuilder actions = Json.createArrayBuilder();
        analysis.recommendedActions().forEach(actions::add);
        JsonObject fields = Json.createObjectBuilder()
                .add("vertex_count", mesh.vertices())
                .add("face_count", mesh.triangles())
                .add("edge_count", analysis.edges())
                .add("is_watertight", analysis.watertight())
                .add("is_manifold", analysis.manifold())
                .add("holes_count", analysis.holes())
                .add("degenerate_faces", mesh.degenerateTriangles())
                .add("self_intersections", analysis.flatPairs())
                .add("volume", analysis.volume())
                .add("surface_area", mesh.area())
                .add("bounding_box", box(mesh.bounds()))
                .add("quality_score", analysis.quality())
                .add("printability_score", analysis.printability())
                .add("recommended_actions", actions)
                .add("processing_time", secondsSince(start))
                .build();
        return Json.createObjectBuilder()
                .add("success", true)
                .add("analysis", fields)
                .add("triangle_count", mesh.triangles())
                .add("surface_area", mesh.area())
                .add("volume", analysis.volume())
                .add("manifold", analysis.manifold())
                .build();
    }

    private static JsonObject box(Bounds bounds) {
        return Json.createObjectBuilder()
                .add("min", point(bounds.minX(), bounds.minY(), bounds.minZ()))
                .add("max", point(bounds.maxX(), bounds.maxY(), bounds.maxZ()))
                .add("size", point(bounds.width(), bounds.height(), bounds.depth()))
                .build();
    }

    private static JsonArrayBuilder point(double x, double y, double z) {
        return Json.createArrayBuilder().add(x).add(y).add(z);
    }

    private static JsonArrayBuilder texts(List<String> texts) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        texts.forEach(array::add);
        return array;
    }

    private static String repaired(JobRun run, Request request, Mesh mesh, long start) throws IOException {
        double before = looked(run, mesh).quality();
        Repair repair = Repair.of(mesh, request.aggressive(), progress(run, request, "Repairing the mesh..."));
        double after = looked(run, repair.mesh()).quality();
        return written(run, request, repair.mesh())
                .add(
                        "repair_report",
                        Json.createObjectBuilder()
                                .add("operations", texts(repair.operations()))
                                .add("initial_quality", before)
                                .add("final_quality", after)
                                .add("improvement", after - before)
                                .add("processing_time", secondsSince(start)))
                .build()
                .toString();
    }

    private static String optimised(JobRun run, Request request, Mesh mesh, long start) throws IOException {
        JsonObject before = analysed(looked(run, mesh), start).getJsonObject("analysis");
        Repair repair = Repair.of(mesh, false, progress(run, request, "Repairing the mesh..."));
        PrintOptimisation optimisation = PrintOptimisation.of(repair.mesh());
        PrintEstimate estimate = optimisation.estimate();
        Mesh placed = optimisation.mesh();
        Bounds bounds = placed.bounds();
        JsonObject after = analysed(looked(run, placed), start).getJsonObject("analysis");
        return written(run, request, placed)
                .add(
                        "optimization_report",
                        Json.createObjectBuilder()
                                .add("input_file", request.fileName())
                                .add("output_file", request.outputName())
                                .add("success", true)
                                .add(
                                        "stages",
                                        Json.createObjectBuilder()
                                                .add("initial_analysis", before)
                                                .add(
                                                        "auto_repair",
                                                        Json.createObjectBuilder()
                                                                .add("operations", texts(repair.operations())))
                                                .add(
                                                        "print_optimization",
                                                        Json.createObjectBuilder()
                                                                .add("printer", Printer.NAME)
                                                                .add("operations", texts(optimisation.operations()))
                                                                .add(
                                                                        "final_size_mm",
                                                                        point(
                                                                                bounds.width(),
                                                                                bounds.height(),
                                                                                bounds.depth()))
                                                                .add("layers", estimate.layers())
                                                                .add("estimated_print_time_hours", estimate.hours())
                                                                .add("estimated_resin_ml", estimate.resinMillilitres())
                                                                .add("supports_needed", estimate.supportsNeeded()))
                                                .add("final_analysis", after))
                                .add("total_processing_time", secondsSince(start)))
                .build()
                .toString();
    }

    private static String simplified(JobRun run, Request request, Mesh mesh, long start) throws IOException {
        int target = request.targetFaces()
                .orElseGet(() -> Simplification.target(mesh.triangles(), request.targetReduction()));
        Simplification simplification =
                Simplification.of(mesh, target, progress(run, request, "Simplifying the mesh..."));
        JsonObjectBuilder report = Json.createObjectBuilder()
                .add("method", "quadric_decimation")
                .add("initial_faces", simplification.initial())
                .add("target_faces", simplification.target())
                .add("final_faces", simplification.mesh().triangles())
                .add("reduction_achieved", simplification.reduction());
        simplification
                .preserved()
                .ifPresentOrElse(
                        part -> report.add("quality_preserved", part), () -> report.addNull("quality_preserved"));
        return written(run, request, simplification.mesh())
                .add("simplification_report", report.add("processing_time", secondsSince(start)))
                .build()
                .toString();
    }

    /** Writes the result, and begins what is told of it. */
    private static JsonObjectBuilder written(JobRun run, Request request, Mesh mesh) throws IOException {
        run.progress(request.operation().wireName(), 0.9, "Writing STL file...");
        Path file = run.folder().resolve(RESULT);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            Stl.write(mesh, channel);
        }
        run.artifact(request.outputName(), MeshFormat.STL.mediaType(), file);
        return Json.createObjectBuilder()
                .add("success", true)
                .add("job_id", run.job().id())
                .add("output_file", request.outputName())
                .add("download_url", Status.downloadUrl(run.job().id(), request.outputName()));
    }
}
