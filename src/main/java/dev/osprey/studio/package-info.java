/** The generation studio: pictures in, pictures and solids out, job by job; meshes looked at and prepared for printing. */
@NullMarked
package dev.osprey.studio;

import org.jspecify.annotations.NullMarked;
