/** Who may reach Osprey from where; decides before anything else looks at a request. */
@NullMarked
package dev.osprey.access;

import org.jspecify.annotations.NullMarked;
