/** Pictures from words: text to tokens, noise to latents step by step, in what order which network runs; knows no turns, no files of pictures. */
@NullMarked
package dev.osprey.diffusion;

import org.jspecify.annotations.NullMarked;
