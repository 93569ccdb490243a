/** Warmed model sessions and the devices they run on; the only user of ai.onnxruntime. */
@NullMarked
package dev.osprey.runtime;

import org.jspecify.annotations.NullMarked;
