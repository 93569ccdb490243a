package dev.osprey.diffusion;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelManifest;
import dev.osprey.model.ModelManifest.Noisy;
import dev.osprey.model.ModelManifest.Pixels;
import dev.osprey.model.ModelManifest.Sampling;
import dev.osprey.model.ModelManifest.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Pictures from words by a latent diffusion model (Rombach et al. 2022): the text is read once, noise becomes latents step by
 * step, the latents become pixels at the end. The same request on the same networks and machine gives the same picture, byte for
 * byte. Immutable, for any thread; reading one takes a fraction of a second with CLIP's vocabulary, so keep it.
 */
public final class TextToImage {

    private final DiffusionModel model;
    private final Tokeniser tokeniser;
    private final SamplerConfig sampler;
    private final Noisy noisy;
    private final Tokens tokens;

    private TextToImage(DiffusionModel model, Tokeniser tokeniser, SamplerConfig sampler) {
        this.model = model;
        this.tokeniser = tokeniser;
        this.sampler = sampler;
        this.noisy = model.denoiser().manifest().noisy();
        this.tokens = model.textEncoder().manifest().tokens();
    }

    /**
     * @param catalogue has the files beside the networks
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID} for files that do not fit, {@link ErrorCode#MODEL_UNKNOWN} where the
     *     catalogue no longer has one of the versions
     */
    public static TextToImage read(DiffusionModel model, Catalogue catalogue) {
        ModelManifest textEncoder = model.textEncoder().manifest();
        ModelManifest denoiser = model.denoiser().manifest();
        int textVersion = model.textEncoder().version();
        Tokens tokens = textEncoder.tokens();
        SamplerConfig sampler = SamplerConfig.read(
                catalogue.file(denoiser.name(), model.denoiser().version(), "scheduler.json"));
        requireSteps(sampler, denoiser);
        return new TextToImage(
                model,
                Tokeniser.read(
                        catalogue.file(textEncoder.name(), textVersion, "vocab.json"),
                        catalogue.file(textEncoder.name(), textVersion, "merges.txt"),
                        tokens.length(),
                        tokens.padding()),
                sampler);
    }

    private static void requireSteps(SamplerConfig sampler, ModelManifest denoiser) {
        try {
            sampler.start(denoiser.noisy().sampling().maxSteps());
        } catch (OspreyException e) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID,
                    "sampler.maxSteps of \"%s\" does not fit its scheduler.json: %s"
                            .formatted(denoiser.name(), e.detail()),
                    e);
        }
    }

    /** What is to be painted. */
    public record Request(
            String prompt, String negativePrompt, long seed, int steps, float guidance, int previewEvery) {

        /**
         * @param negativePrompt what it should not be; empty for nothing. Without meaning where there is no guidance
         * @param steps 1 or more; what is above the model's maximum is brought down to it
         * @param guidance scale of {@link Guidance}; up to 1 for none. Of a model that was not made for guidance none is taken
         * @param previewEvery steps from one preview to the next, each of which costs a run of the decoder; 0 for no previews
         * @throws OspreyException {@link ErrorCode#SETTING_INVALID}
         */
        public Request {
            require(steps >= 1, "expected 1 or more steps, found " + steps);
            require(Float.isFinite(guidance), "guidance is no number");
            require(previewEvery >= 0, "expected previews every 1 or more steps, or 0 for none, found " + previewEvery);
        }

        private static void require(boolean fits, String problem) {
            if (!fits) {
                throw new OspreyException(ErrorCode.SETTING_INVALID, problem);
            }
        }
    }

    /** Who is told how a picture comes along. What it throws ends the work. */
    public interface Watcher {

        /** After each step. Reading the text before the first and decoding after the last are told by no step. */
        void stepped(int done, int steps);

        /**
         * The picture as it is foreseen after so many steps.
         *
         * @param rgb uint8 [height, width, 3]
         */
        void previewed(byte[] rgb, int done, int steps);
    }

    /**
     * The picture, and what was made of the request.
     *
     * @param rgb uint8 [height, width, 3]
     * @param steps that were done
     * @param guidance that was used; 1 where there was none
     * @param unknownWords of both texts, once each, that the model does not know
     * @param cut the end of the prompt, from the first word that there was no room for; empty if there was
     * @param negativeCut as {@code cut}
     */
    public record Painted(
            byte[] rgb,
            int width,
            int height,
            long seed,
            int steps,
            float guidance,
            List<String> unknownWords,
            String cut,
            String negativeCut) {}

    /** What the pictures are like and how many steps make sense. */
    public Sampling sampling() {
        return noisy.sampling();
    }

    public DiffusionModel model() {
        return model;
    }

    /** Of every picture, in pixels. */
    public int width() {
        return pixels().width();
    }

    /** Of every picture, in pixels. */
    public int height() {
        return pixels().height();
    }

    private Pixels pixels() {
        return model.imageDecoder().manifest().pixels();
    }

    /**
     * Makes a picture. Takes one run of the text encoder (two where it takes no batch), one of the denoiser for each step (two with
     * guidance where it takes no batch), one of the decoder for each preview and one at the end.
     *
     * @param networks of {@link #model}
     * @throws OspreyException what the networks throw; {@link ErrorCode#MODEL_FAILED} also where the denoiser answers with what
     *     is no number; {@link ErrorCode#SETTING_INVALID} where the model has no way of so many steps
     */
    public Painted paint(Request request, DiffusionNetworks networks, Watcher watcher) {
        Noise noise = Noise.seeded(request.seed);
        Texts texts = texts(request);
        int steps = Math.min(request.steps, sampling().maxSteps());
        float[] latents = latents(texts, steps, request.previewEvery, noise, networks, watcher);
        return new Painted(
                networks.decode(latents),
                width(),
                height(),
                request.seed,
                steps,
                texts.guidance,
                Stream.of(texts.prompt, texts.negative)
                        .flatMap(text -> unknown(text).stream())
                        .distinct()
                        .toList(),
                texts.prompt.cut(),
                texts.negative.cut());
    }

    /**
     * Both texts as tokens.
     *
     * @param guidance from the negative one to the prompt; 1 where only the prompt counts
     */
    record Texts(Tokeniser.Tokens prompt, Tokeniser.Tokens negative, float guidance) {

        boolean guided() {
            return guidance > 1;
        }
    }

    Texts texts(Request request) {
        boolean guided = request.guidance > 1 && sampling().defaultGuidance() > 1;
        return new Texts(
                tokenise(request.prompt),
                tokenise(guided ? request.negativePrompt : ""),
                guided ? request.guidance : 1);
    }

    private Tokeniser.Tokens tokenise(String text) {
        return tokens.closed() ? tokeniser.tokeniseKnown(text) : tokeniser.tokenise(text);
    }

    /** Of an open vocabulary, what is spelt in parts may well be known. */
    private List<String> unknown(Tokeniser.Tokens text) {
        return tokens.closed()
                ? Stream.concat(text.unknown().stream(), text.spelt().stream()).toList()
                : text.unknown();
    }

    /**
     * All but the last run.
     *
     * @return float32 [channels, height, width]
     */
    float[] latents(
            Texts texts, int steps, int previewEvery, Noise noise, DiffusionNetworks networks, Watcher watcher) {
        Sampler way = sampler.start(steps);
        float[] condition = condition(texts, networks);
        float[] sample = way.initial(noise, noisy.shape().stream().reduce(1, Math::multiplyExact));
        for (int step = 0; step < steps; step++) {
            float[] input = way.input(step, sample);
            float[] prediction = predict(texts, input, way.timestep(step), condition, networks);
            Sampler.Step taken = way.step(step, prediction, sample, noise);
            sample = taken.sample();
            requireNumbers(sample);
            int done = step + 1;
            watcher.stepped(done, steps);
            if (previewEvery > 0 && done % previewEvery == 0 && done < steps) {
                watcher.previewed(networks.decode(taken.denoised()), done, steps);
            }
        }
        return sample;
    }

    /** float32 [1, length, width] of the prompt; with guidance [2, length, width], the negative one first. */
    private float[] condition(Texts texts, DiffusionNetworks networks) {
        int[] prompt = texts.prompt.ids();
        if (!texts.guided()) {
            return networks.encode(1, prompt);
        }
        int[] negative = texts.negative.ids();
        if (model.textEncoder().manifest().batch().max() > 1) {
            int[] both = Arrays.copyOf(negative, 2 * negative.length);
            System.arraycopy(prompt, 0, both, negative.length, prompt.length);
            return networks.encode(2, both);
        }
        return together(networks.encode(1, negative), networks.encode(1, prompt));
    }

    private float[] predict(Texts texts, float[] input, float timestep, float[] condition, DiffusionNetworks networks) {
        if (!texts.guided()) {
            return networks.denoise(1, input, timestep, condition);
        }
        float[] without;
        float[] with;
        if (model.denoiser().manifest().batch().max() > 1) {
            float[] both = networks.denoise(2, together(input, input), timestep, condition);
            without = firstHalf(both);
            with = secondHalf(both);
        } else {
            without = networks.denoise(1, input, timestep, firstHalf(condition));
            with = networks.denoise(1, input, timestep, secondHalf(condition));
        }
        return Guidance.combine(without, with, texts.guidance);
    }

    private static float[] together(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static float[] firstHalf(float[] both) {
        return Arrays.copyOf(both, both.length / 2);
    }

    private static float[] secondHalf(float[] both) {
        return Arrays.copyOfRange(both, both.length / 2, both.length);
    }

    private void requireNumbers(float[] sample) {
        for (float value : sample) {
            if (!Float.isFinite(value)) {
                throw new OspreyException(
                        ErrorCode.MODEL_FAILED,
                        "\"%s\" answered with what is no number"
                                .formatted(model.denoiser().manifest().name()));
            }
        }
    }
}
