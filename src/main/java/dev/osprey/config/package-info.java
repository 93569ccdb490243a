/** The settings: validated together, handed out as records, a few of them followed while the server runs; the only reader of configuration. */
@NullMarked
package dev.osprey.config;

import org.jspecify.annotations.NullMarked;
