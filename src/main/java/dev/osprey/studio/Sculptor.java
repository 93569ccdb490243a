package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.depth.DepthMap;
import dev.osprey.depth.Volume;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Mask;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.Turns;
import dev.osprey.mesh.Hollow;
import dev.osprey.mesh.MarchingCubes;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.QuadricDecimation;
import dev.osprey.mesh.Relief;
import dev.osprey.mesh.ReliefDetail;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import dev.osprey.studio.MeshRequest.Mode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the mesh of one picture, as its request wants it, with the models that are served, and knows which those were. One thread.
 */
final class Sculptor {

    /** Pixels of the longer side of what is found of near and far, and of the foreground. */
    private static final int MOST_SIDE = 512;

    /** The plate's part of the whole depth, as the protocol's relief has it: 0.1 below, 1 above. */
    private static final double BASE = 1 / 11.0;

    private final OspreyConfig.Studio settings;
    private final WarmModels models;
    private final Turns turns;
    private final MeshRequest request;
    private final Course course;

    /** The models that the mesh really was made with, by name. */
    private final Map<String, String> used = new ConcurrentHashMap<>();

    Sculptor(OspreyConfig.Studio settings, WarmModels models, Turns turns, MeshRequest request, Course course) {
        this.settings = settings;
        this.models = models;
        this.turns = turns;
        this.request = request;
        this.course = course;
    }

    /** The models that the request needs, in order, with all that tells them from others in their place. */
    Map<String, String> served() {
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

    /** Whether those models and no others have been used. */
    boolean usedOnly(Map<String, String> served) {
        return served.entrySet().containsAll(used.entrySet());
    }

    /**
     * A closed solid of the request's size in millimetres, with the picture's coordinates on it where it is a relief.
     *
     * @throws OspreyException {@link ErrorCode#CANCELLED}; {@link ErrorCode#MODEL_INVALID} where the model finds neither depth nor
     *     volume; {@link ErrorCode#MESH_UNREADABLE} where nothing is in the foreground that is to be cut out
     */
    Mesh mesh(Picture picture) {
        Mesh mesh =
                switch (turns.manifest(settings.depthModel()).kind()) {
                    case DEPTH -> relief(picture);
                    case VOLUME -> body(picture);
                    default ->
                        throw new OspreyException(
                                ErrorCode.MODEL_INVALID,
                                "The model \"%s\" finds neither depth nor volume".formatted(settings.depthModel()));
                };
        course.checkCancelled();
        if (request.hollowMm() == 0) {
            return mesh;
        }
        return Hollow.hollowed(mesh, request.hollowMm(), settings.maxTriangles(), part -> {
            course.checkCancelled();
            course.tell(0.8 + 0.05 * part, "Hollowing the solid...");
        });
    }

    private Mesh relief(Picture picture) {
        DepthMap depth = on(settings.depthModel(), (lease, cancellation) -> DepthMap.of(lease, picture, cancellation));
        int longer = Math.max(picture.width(), picture.height());
        int side = Math.min(longer, MOST_SIDE);
        int columns = Math.max(2, Math.round((float) picture.width() * side / longer));
        int rows = Math.max(2, Math.round((float) picture.height() * side / longer));
        byte[] foreground = request.mode() == Mode.CUTOUT ? foreground(picture, columns, rows) : null;
        course.tell(0.5, "Generating 3D mesh...");
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
        course.checkCancelled();
        course.tell(0.6 + 0.2 * part, "Simplifying the mesh...");
    }

    /** uint8 [rows, columns], 0 is background, 255 is not. */
    private byte[] foreground(Picture picture, int columns, int rows) {
        course.tell(0.45, "Finding the foreground...");
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
        course.tell(0.5, "Generating 3D mesh...");
        Mesh surface = MarchingCubes.surface(
                volume.field(),
                volume.width(),
                volume.height(),
                volume.depth(),
                volume.level(),
                settings.maxTriangles(),
                part -> {
                    course.checkCancelled();
                    course.tell(0.5 + 0.1 * part, "Generating 3D mesh...");
                });
        return QuadricDecimation.decimated(
                        surface, ReliefDetail.of(request.quality()).triangles(), this::simplified)
                .fitted(request.width(), request.height(), request.depth());
    }
}
