/** Triangle meshes: made from fields and depth maps, measured, repaired, written and read; knows no pixels, no container. */
@NullMarked
package dev.osprey.mesh;

import org.jspecify.annotations.NullMarked;
