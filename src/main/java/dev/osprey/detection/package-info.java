/** Turns what single-shot detectors say of their anchors into what they have found; knows neither hands nor people. */
@NullMarked
package dev.osprey.detection;

import org.jspecify.annotations.NullMarked;
