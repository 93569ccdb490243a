/** Sign words: frames of a signer come in, the word that the last ones show goes out; nothing is kept across connections. */
@NullMarked
package dev.osprey.signs;

import org.jspecify.annotations.NullMarked;
