/** Pictures from words, the arithmetic of it: text to tokens, noise to picture step by step; knows no network, no pixels. */
@NullMarked
package dev.osprey.diffusion;

import org.jspecify.annotations.NullMarked;
