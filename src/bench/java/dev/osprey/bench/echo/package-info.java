/** An application of its own that answers messages with as many bytes as it is told: what the transport takes alone. */
@org.jspecify.annotations.NullMarked
package dev.osprey.bench.echo;
