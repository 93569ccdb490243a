/** The settings: read once, validated together, handed out as records; the only reader of configuration. */
@NullMarked
package dev.osprey.config;

import org.jspecify.annotations.NullMarked;
