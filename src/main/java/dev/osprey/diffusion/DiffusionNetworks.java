package dev.osprey.diffusion;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;

/**
 * The three networks of a latent diffusion model. Each call is one run, which may wait for its turn, so that others' come in
 * between; it fails with {@link ErrorCode#CANCELLED} where nobody wants the picture any more. Arrays are row-major and the
 * caller's.
 */
public interface DiffusionNetworks {

    /**
     * @param tokens int32 [batch, length]
     * @return float32 [batch, length, width]
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    float[] encode(int batch, int[] tokens);

    /**
     * @param latents float32 [batch, channels, height, width]
     * @param timestep of the training, the same for the whole batch
     * @param condition float32 [batch, length, width], of {@link #encode}
     * @return float32, in the shape of {@code latents}
     * @throws OspreyException as {@link #encode}
     */
    float[] denoise(int batch, float[] latents, float timestep, float[] condition);

    /**
     * @param latents float32 [channels, height, width]
     * @return uint8 [height, width, 3], RGB
     * @throws OspreyException as {@link #encode}
     */
    byte[] decode(float[] latents);
}
