package dev.osprey.diffusion;

/** {@link Noise#seeded}. Keeps what is left of a block, so that asking in parts gives the same as asking at once. */
final class PhiloxNoise implements Noise {

    private static final int ROUNDS = 10;
    private static final long WORD = 0xFFFF_FFFFL;
    private static final long MULTIPLIER_0 = 0xD251_1F53L;
    private static final long MULTIPLIER_1 = 0xCD9E_8D57L;
    private static final int WEYL_0 = 0x9E37_79B9;
    private static final int WEYL_1 = 0xBB67_AE85;
    private static final double RANGE = 0x1p32;

    private final int key0;
    private final int key1;
    private final float[] block = new float[4];
    private int used = block.length;
    private long counter;

    PhiloxNoise(long seed) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
    }

    @Override
    public float[] next(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            if (used == block.length) {
                fill();
            }
            numbers[i] = block[used++];
        }
        return numbers;
    }

    private void fill() {
        int[] words = philox((int) counter, (int) (counter >>> 32), 0, 0, key0, key1);
        counter++;
        for (int pair = 0; pair < block.length; pair += 2) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform(words[pair])));
            double angle = 2 * Math.PI * uniform(words[pair + 1]);
            block[pair] = (float) (radius * StrictMath.cos(angle));
            block[pair + 1] = (float) (radius * StrictMath.sin(angle));
        }
        used = 0;
    }

    /** In (0, 1), neither end included. */
    private static double uniform(int word) {
        return ((word & WORD) + 0.5) / RANGE;
    }

    /** One block: the counter's four words scrambled in ten rounds. */
    static int[] philox(int c0, int c1, int c2, int c3, int key0, int key1) {
        int k0 = key0;
        int k1 = key1;
        int[] words = {c0, c1, c2, c3};
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (words[0] & WORD);
            long product1 = MULTIPLIER_1 * (words[2] & WORD);
            int w0 = (int) (product1 >>> 32) ^ words[1] ^ k0;
            int w2 = (int) (product0 >>> 32) ^ words[3] ^ k1;
            words[0] = w0;
            words[1] = (int) product1;
            words[2] = w2;
            words[3] = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return words;
    }
}
