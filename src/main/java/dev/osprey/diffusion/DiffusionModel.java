package dev.osprey.diffusion;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import java.util.ArrayList;
import java.util.List;

/** Which networks make a picture of a text together. Equal ones make the same picture of the same seed. */
public record DiffusionModel(Network textEncoder, Network denoiser, Network imageDecoder) {

    /** A network as it is served. */
    public record Network(ModelManifest manifest, int version) {}

    /** @throws OspreyException {@link ErrorCode#MODEL_INVALID} with everything in which they do not fit together */
    public DiffusionModel {
        List<String> problems = new ArrayList<>();
        checkKind(textEncoder, ModelKind.TEXT_ENCODER, problems);
        checkKind(denoiser, ModelKind.DENOISER, problems);
        checkKind(imageDecoder, ModelKind.IMAGE_DECODER, problems);
        if (problems.isEmpty()) {
            checkShapes(
                    textEncoder.manifest.output(),
                    denoiser.manifest.noisy().condition(),
                    "\"%s\" answers with %s, but the condition of \"%s\" is %s",
                    textEncoder,
                    denoiser,
                    problems);
            checkShapes(
                    denoiser.manifest.input(),
                    imageDecoder.manifest.input(),
                    "\"%s\" has latents of %s, but \"%s\" takes %s",
                    denoiser,
                    imageDecoder,
                    problems);
        }
        if (!problems.isEmpty()) {
            throw new OspreyException(ErrorCode.MODEL_INVALID, String.join("; ", problems));
        }
    }

    private static void checkKind(Network network, ModelKind expected, List<String> problems) {
        ModelManifest manifest = network.manifest;
        if (manifest.kind() != expected) {
            problems.add("\"%s\" is of the kind %s, expected %s"
                    .formatted(manifest.name(), manifest.kind().wireName(), expected.wireName()));
        }
    }

    private static void checkShapes(
            ModelManifest.Tensor given,
            ModelManifest.Tensor taken,
            String problem,
            Network giver,
            Network taker,
            List<String> problems) {
        if (!given.shape().equals(taken.shape())) {
            problems.add(problem.formatted(giver.manifest.name(), given.shape(), taker.manifest.name(), taken.shape()));
        }
    }
}
