package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turns;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.mesh.Glb;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.Obj;
import dev.osprey.mesh.Ply;
import dev.osprey.mesh.PrintAnalysis;
import dev.osprey.mesh.Relief;
import dev.osprey.mesh.Stl;
import dev.osprey.mesh.Texture;
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
        private final Course course;
        private final Sculptor sculptor;

        Run(JobRun run) {
            this.run = run;
            this.request = MeshRequest.ofJson(run.job().parameters());
            this.folder = run.folder();
            this.course = new Course(run);
            this.sculptor =
                    new Sculptor(settings, models, new Turns(models, scheduler, run.cancellation()), request, course);
        }

        String result() throws IOException {
            Map<String, String> served = sculptor.served();
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
            course.tell(0.85, "Writing %s file...".formatted(request.format().name()));
            write(coloured(solid.mesh()));
            JsonObject result = Json.createObjectBuilder(solid.measures())
                    .add("file_size", Files.size(files().get(0)))
                    .add("cached", false)
                    .build();
            write(RESULT, result);
            if (sculptor.usedOnly(served)) {
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
                course.checkCancelled();
                if (!waits) {
                    course.tell(0.05, "Waiting for the same solid...");
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
            course.tell(0.05, "Processing image...");
            Mesh mesh;
            try (Picture picture = picture()) {
                course.tell(0.25, "Estimating depth...");
                mesh = sculptor.mesh(picture);
            }
            course.checkCancelled();
            Solid solid = new Solid(mesh, measures(mesh));
            if (sculptor.usedOnly(served)) {
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

        private Picture picture() throws IOException {
            ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(SOURCE)));
            return Picture.decode(png, new ImageLimits(png.remaining(), UploadCheck.MAX_SIDE, UploadCheck.MAX_SIDE));
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
            PrintAnalysis analysis = PrintAnalysis.of(mesh, part -> course.checkCancelled());
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
