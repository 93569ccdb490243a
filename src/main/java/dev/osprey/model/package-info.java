/** What the model repository holds: manifests, labels, checksums; opens no session. */
@NullMarked
package dev.osprey.model;

import org.jspecify.annotations.NullMarked;
