package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.depth.DepthMap;
import dev.osprey.depth.Volume;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Mask;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turns;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.mesh.Glb;
import dev.osprey.mesh.Hollow;
import dev.osprey.mesh.MarchingCubes;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.Obj;
import dev.osprey.mesh.Ply;
import dev.osprey.mesh.PrintAnalysis;
import dev.osprey.mesh.QuadricDecimation;
import dev.osprey.mesh.Relief;
import dev.osprey.mesh.ReliefDetail;
import dev.osprey.mesh.Stl;
import dev.osprey.mesh.Texture;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import dev.osprey.studio.MeshRequest.Mode;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A solid of a picture: what is near stands out of a plate, or of the plane of its outline; closed, so that it can be printed. */
final class MeshJob implements JobKind {

    private static final Logger LOG = System.getLogger(MeshJob.class.getName());

    static final String KIND = "image-to-3d";

    /** In the job's folder: the picture. */
    static final String SOURCE = "source.png";

    private static final String RESULT = "result.json";

    /** In the cache: the mesh before it gets a format, and what was measured of it. */
    private static final String SOLID = "solid.glb";

    private static final String MEASURES = "measures.json";

    private static final long CANCEL_CHECK_MILLIS = 100;

    /** Pixels of the longer side of what is found of near and far, and of the foreground. */
    private static final int MOST_SIDE = 512;

    /** The plate's part of the whole depth, as the protocol's relief has it: 0.1 below, 1 above. */
    private static final double BASE = 1 / 11.0;

    private static final int TEXTURE_SIDE = 1_024;
    private static final int TEXTURE_QUALITY = 90;

    private final OspreyConfig.Studio settings;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final ResultCache cache;

    /** By their keys, until they are in the cache. */
    private final ConcurrentMap<String, CompletableFuture<Boolean>> making = new ConcurrentHashMap<>();

    MeshJob(OspreyConfig.Studio settings, WarmModels models, Scheduler scheduler, ResultCache cache) {
        this.settings = settings;
        this.models = models;
        this.scheduler = scheduler;
        this.cache = cache;
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
        return new Run(run).result();
    }

    /** One solid. One thread. */
    private final class Run {

        private final JobRun run;
        private final MeshRequest request;
        private final Path folder;
        private final Turns turns;

        /** The models that the solid really was made with, by name. */
        private final Map<String, String> used = new ConcurrentHashMap<>();

        Run(JobRun run) {
            this.run = run;
            this.request = MeshRequest.ofJson(run.job().parameters());
            this.folder = run.folder();
            this.turns = new Turns(models, scheduler, run.cancellation());
        }

        String result() throws IOException {
            Map<String, String> served = served();
            String solidKey = key(served);
            String key = Hash.of(
                    solidKey.getBytes(StandardCharsets.UTF_8), request.format().wireName());
            if (cache.tryTake(key, folder)) {
                JsonObject made =
                        Fields.object(Files.readString(folder.resolve(RESULT))).orElseThrow();
                publish();
                return Json.createObjectBuilder(made)
                        .add("cached", true)
                        .build()
                        .toString();
            }
            Solid solid = solid(solidKey, served);
            tell(0.85, "Writing %s file...".formatted(request.format().name()));
            write(coloured(solid.mesh()));
            JsonObject result = Json.createObjectBuilder(solid.measures())
                    .add("file_size", Files.size(files().get(0)))
                    .add("cached", false)
                    .build();
            write(RESULT, result);
            if (isOf(served)) {
                List<Path> made = new ArrayList<>(files());
                made.add(folder.resolve(RESULT));
                keep(key, made);
            }
            publish();
            return result.toString();
        }

        /** A solid in no format yet. */
        private record Solid(Mesh mesh, JsonObject measures) {}

        /** The solid that was made for another format, or a new one; whoever wants the same meanwhile waits for it. */
        private Solid solid(String key, Map<String, String> served) throws IOException {
            CompletableFuture<Boolean> done = await(key);
            try {
                Optional<Solid> kept = kept(key);
                return kept.isPresent() ? kept.get() : made(key, served);
            } finally {
                making.remove(key, done);
                done.complete(true);
            }
        }

        /** Waits until nobody else makes the solid; who does then has to complete what is returned. */
        private CompletableFuture<Boolean> await(String key) {
            CompletableFuture<Boolean> mine = new CompletableFuture<>();
            boolean waits = false;
            while (true) {
                CompletableFuture<Boolean> others = making.putIfAbsent(key, mine);
                if (others == null) {
                    return mine;
                }
                checkCancelled();
                if (!waits) {
                    tell(0.05, "Waiting for the same solid...");
                    waits = true;
                }
                try {
                    boolean unused = others.get(CANCEL_CHECK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // It is still being made; but this job may have been cancelled.
                } catch (ExecutionException e) {
                    throw new IllegalStateException("Nobody fails it", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new OspreyException(ErrorCode.CANCELLED, "The solid was interrupted", e);
                }
            }
        }

        private Optional<Solid> kept(String key) throws IOException {
            if (!cache.tryTakeUncounted(key, folder)) {
                return Optional.empty();
            }
            try {
                ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(SOLID)));
                JsonObject measures = Fields.object(Files.readString(folder.resolve(MEASURES)))
                        .orElseThrow();
                return Optional.of(new Solid(Glb.read(file, settings.maxTriangles()), measures));
            } catch (OspreyException | NoSuchElementException | NoSuchFileException e) {
                // What is made replaces it.
                LOG.log(Level.WARNING, "A solid that was kept cannot be read and is made anew", e);
                return Optional.empty();
            } finally {
                forgetTheSolid();
            }
        }

        private Solid made(String key, Map<String, String> served) throws IOException {
            tell(0.05, "Processing image...");
            Mesh mesh;
            try (Picture picture = picture()) {
                tell(0.25, "Estimating depth...");
                mesh = solid(picture);
            }
            checkCancelled();
            Solid solid = new Solid(mesh, measures(mesh));
            if (isOf(served)) {
                written(SOLID, channel -> Glb.write(mesh, channel));
                write(MEASURES, solid.measures());
                keep(key, List.of(folder.resolve(SOLID), folder.resolve(MEASURES)));
                forgetTheSolid();
            } else {
                LOG.log(Level.DEBUG, "A result is not kept: a model was swapped while it was made");
            }
            return solid;
        }

        /** It is the cache's; the job has its file. */
        private void forgetTheSolid() throws IOException {
            Files.deleteIfExists(folder.resolve(SOLID));
            Files.deleteIfExists(folder.resolve(MEASURES));
        }

        /** Whether those models and no others were used. */
        private boolean isOf(Map<String, String> served) {
            return served.entrySet().containsAll(used.entrySet());
        }

        /** Not into a file that the cache may have as well. */
        private void write(String name, JsonObject json) throws IOException {
            Files.deleteIfExists(folder.resolve(name));
            Files.writeString(folder.resolve(name), json.toString());
        }

        /** The solid is made, whether it can be kept for others or not. */
        private void keep(String key, List<Path> made) {
            try {
                cache.put(key, made);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "A result is not kept: {0}", e.toString());
            }
        }

        /** Of everything that the solid follows from: all but the format. */
        private String key(Map<String, String> served) throws IOException {
            List<String> models = new ArrayList<>(served.values());
            if (request.mode() == Mode.CUTOUT) {
                models.addAll(settings.backgroundLabels());
            }
            return Hash.of(
                    Files.readAllBytes(folder.resolve(SOURCE)),
                    Json.createObjectBuilder(request.toJson())
                            .remove("job_id")
                            .remove("format")
                            .build()
                            .toString(),
                    String.join("\n", models));
        }

        /** The models that the request needs, in order, with all that tells them from others in their place. */
        private Map<String, String> served() {
            Map<String, String> served = new LinkedHashMap<>();
            served.put(settings.depthModel(), identity(settings.depthModel()));
            if (request.mode() == Mode.CUTOUT) {
                served.put(settings.foregroundModel(), identity(settings.foregroundModel()));
            }
            return served;
        }

        private String identity(String model) {
            try (Lease lease = models.lease(model)) {
                return identity(lease);
            }
        }

        /** The network, and what its manifest says of how it is used: the same file in another one's hands is another model. */
        private static String identity(Lease lease) {
            ModelManifest manifest = lease.manifest();
            return "%s %d %s %s %s %s %s"
                    .formatted(
                            manifest.name(),
                            lease.version(),
                            manifest.sha256().get(lease.version()),
                            manifest.kind(),
                            manifest.input(),
                            manifest.output(),
                            manifest.labels());
        }

        private <T> T on(String model, Turns.Run<T> task) {
            return turns.on(model, (lease, cancellation) -> {
                used.put(model, identity(lease));
                return task.on(lease, cancellation);
            });
        }

        private void tell(double progress, String message) {
            // An attempt that is begun anew does not go back.
            run.progress("image-to-3d", Math.max(progress, run.job().progress()), message);
        }

        private void checkCancelled() {
            if (run.cancellation().isRequested()) {
                throw new OspreyException(ErrorCode.CANCELLED, "The solid was cancelled");
            }
        }

        private Picture picture() throws IOException {
            ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(SOURCE)));
            return Picture.decode(png, new ImageLimits(png.remaining(), UploadCheck.MAX_SIDE, UploadCheck.MAX_SIDE));
        }

        private Mesh solid(Picture picture) {
            Mesh mesh =
                    switch (turns.manifest(settings.depthModel()).kind()) {
                        case DEPTH -> relief(picture);
                        case VOLUME -> body(picture);
                        default ->
                            throw new OspreyException(
                                    ErrorCode.MODEL_INVALID,
                                    "The model \"%s\" finds neither depth nor volume".formatted(settings.depthModel()));
                    };
            checkCancelled();
            if (request.hollowMm() == 0) {
                return mesh;
            }
            return Hollow.hollowed(mesh, request.hollowMm(), settings.maxTriangles(), part -> {
                checkCancelled();
                tell(0.8 + 0.05 * part, "Hollowing the solid...");
            });
        }

        private Mesh relief(Picture picture) {
            DepthMap depth =
                    on(settings.depthModel(), (lease, cancellation) -> DepthMap.of(lease, picture, cancellation));
            int longer = Math.max(picture.width(), picture.height());
            int side = Math.min(longer, MOST_SIDE);
            int columns = Math.max(2, Math.round((float) picture.width() * side / longer));
            int rows = Math.max(2, Math.round((float) picture.height() * side / longer));
            byte[] foreground = request.mode() == Mode.CUTOUT ? foreground(picture, columns, rows) : null;
            tell(0.5, "Generating 3D mesh...");
            return Relief.printable(
                    depth.nearness(columns, rows, foreground),
                    foreground,
                    columns,
                    rows,
                    request.width(),
                    request.height(),
                    request.depth(),
                    request.depth() * BASE,
                    request.quality(),
                    this::simplified);
        }

        private void simplified(double part) {
            checkCancelled();
            tell(0.6 + 0.2 * part, "Simplifying the mesh...");
        }

        /** uint8 [rows, columns], 0 is background, 255 is not. */
        private byte[] foreground(Picture picture, int columns, int rows) {
            tell(0.45, "Finding the foreground...");
            byte[] classes = on(
                    settings.foregroundModel(),
                    (lease, cancellation) -> classes(lease, picture, columns, rows, cancellation));
            List<String> labels = turns.manifest(settings.foregroundModel()).labels();
            boolean found = false;
            for (int i = 0; i < classes.length; i++) {
                int id = classes[i] & 0xFF;
                boolean background =
                        id >= labels.size() || settings.backgroundLabels().contains(labels.get(id));
                classes[i] = (byte) (background ? 0 : 255);
                found |= !background;
            }
            if (!found) {
                throw new OspreyException(
                        ErrorCode.MESH_UNREADABLE,
                        "Nothing in the picture stands out from its background: \"%s\" finds none of %s"
                                .formatted(settings.foregroundModel(), foregroundLabels(labels)));
            }
            return classes;
        }

        private List<String> foregroundLabels(List<String> labels) {
            return labels.stream()
                    .filter(label -> !settings.backgroundLabels().contains(label))
                    .toList();
        }

        private static byte[] classes(Lease lease, Picture picture, int columns, int rows, Cancellation cancellation) {
            ModelManifest.Pictures input = lease.manifest().pictures();
            picture.resizeInto(lease.input(), input.width(), input.height(), input.interpolation(), input.colour());
            lease.run(lease.input(), lease.output(), 1, cancellation);
            ModelManifest.Masks output = lease.manifest().masks();
            Mask mask = new Mask(lease.output().slice(0, lease.outputBytes(1)), output.width(), output.height());
            byte[] classes = new byte[columns * rows];
            mask.scaledTo(columns, rows).classes().get(0, classes);
            return classes;
        }

        private Mesh body(Picture picture) {
            Volume volume = on(settings.depthModel(), (lease, cancellation) -> Volume.of(lease, picture, cancellation));
            tell(0.5, "Generating 3D mesh...");
            Mesh surface = MarchingCubes.surface(
                    volume.field(),
                    volume.width(),
                    volume.height(),
                    volume.depth(),
                    volume.level(),
                    settings.maxTriangles(),
                    part -> {
                        checkCancelled();
                        tell(0.5 + 0.1 * part, "Generating 3D mesh...");
                    });
            return QuadricDecimation.decimated(
                            surface, ReliefDetail.of(request.quality()).triangles(), this::simplified)
                    .fitted(request.width(), request.height(), request.depth());
        }

        /** With the picture on it, as far as the format has a way. */
        private Mesh coloured(Mesh mesh) throws IOException {
            if (request.format() == MeshFormat.STL || mesh.textureCoordinates().isEmpty()) {
                return mesh;
            }
            try (Picture picture = picture()) {
                return request.format() == MeshFormat.PLY
                        ? Relief.coloured(mesh, picture.rgb(), picture.width(), picture.height())
                        : mesh.withTexture(Texture.of(texture(picture)));
            }
        }

        private static byte[] texture(Picture picture) {
            int longer = Math.max(picture.width(), picture.height());
            if (longer <= TEXTURE_SIDE) {
                return picture.jpeg(TEXTURE_QUALITY);
            }
            int width = Math.max(1, picture.width() * TEXTURE_SIDE / longer);
            int height = Math.max(1, picture.height() * TEXTURE_SIDE / longer);
            try (Picture smaller = picture.resized(width, height)) {
                return smaller.jpeg(TEXTURE_QUALITY);
            }
        }

        private List<Path> files() {
            List<Path> files = new ArrayList<>(
                    List.of(folder.resolve(NAME + "." + request.format().wireName())));
            if (request.format() == MeshFormat.OBJ) {
                for (String extension : List.of("mtl", "jpg")) {
                    Path beside = folder.resolve(NAME + "." + extension);
                    if (Files.exists(beside)) {
                        files.add(beside);
                    }
                }
            }
            return files;
        }

        private void write(Mesh mesh) throws IOException {
            written(NAME + "." + request.format().wireName(), channel -> {
                switch (request.format()) {
                    case STL -> Stl.write(mesh, channel);
                    case OBJ -> Obj.write(mesh, NAME, channel);
                    case GLB -> Glb.write(mesh, channel);
                    case PLY -> Ply.write(mesh, channel);
                }
            });
            Optional<Texture> texture = mesh.texture();
            if (request.format() == MeshFormat.OBJ && texture.isPresent()) {
                written(NAME + ".mtl", channel -> Obj.writeMaterial(texture.get(), NAME, channel));
                written(
                        NAME + ".jpg",
                        channel -> writeAll(channel, texture.get().bytes()));
            }
        }

        private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        private void written(String name, Writer writer) throws IOException {
            Path unfinished = folder.resolve("unfinished");
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writer.write(channel);
            }
            Files.move(
                    unfinished,
                    folder.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }

        private void publish() {
            for (Path file : files()) {
                String name = String.valueOf(file.getFileName());
                String extension = FileName.extension(name);
                Optional<MeshFormat> format = MeshFormat.of(extension);
                if (format.isPresent()) {
                    run.artifact(request.fileName(), format.get().mediaType(), file);
                } else {
                    // Under the name by which the mesh asks for it.
                    run.artifact(name, extension.equals("jpg") ? "image/jpeg" : "model/mtl", file);
                }
            }
        }

        private JsonObject measures(Mesh mesh) {
            PrintAnalysis analysis = PrintAnalysis.of(mesh, part -> checkCancelled());
            double score = analysis.printability() / 100;
            return Json.createObjectBuilder()
                    .add("triangles", mesh.triangles())
                    .add("volume_mm3", analysis.volume())
                    .add("surface_area_mm2", analysis.mesh().area())
                    .add("watertight", analysis.watertight())
                    .add(
                            "quality_metrics",
                            Json.createObjectBuilder()
                                    .add("overall_score", score)
                                    .add("quality_grade", grade(score))
                                    .add("printable", analysis.watertight() && analysis.manifold()))
                    .build();
        }
    }

    private static String grade(double score) {
        return score >= 0.9 ? "A" : score >= 0.8 ? "B" : score >= 0.7 ? "C" : score >= 0.6 ? "D" : "F";
    }

    /**
     * The files of a solid without what they end in, in the job's folder, in the cache and where one names another: the same for
     * whatever picture it is of, so that a result of before fits.
     */
    private static final String NAME = "model";

    private interface Writer {
        void write(FileChannel channel) throws IOException;
    }

    /** Why no solid can be made; nothing where it can. */
    static Optional<String> obstacle(OspreyConfig.Studio settings, WarmModels models, @Nullable MeshRequest request) {
        if (models.served(settings.depthModel()).isEmpty()) {
            return Optional.of("The model \"%s\" is not loaded".formatted(settings.depthModel()));
        }
        return request != null
                        && request.mode() == Mode.CUTOUT
                        && models.served(settings.foregroundModel()).isEmpty()
                ? Optional.of("The model \"%s\" is not loaded".formatted(settings.foregroundModel()))
                : Optional.empty();
    }
}
