/**
 * Osprey, a real-time vision server: frames come in at an entrance, go through one pipeline and come back as answers.
 *
 * <p>The map; an arrow may only point down, and the capabilities do not know each other:
 *
 * <pre>
 *   admin  health                                 the entrances that look at everything: operators, probes
 *   operation                                     whether the server is ready and why not; stopping in order
 *     segmentation  signs  fingerspelling  referee  studio    the capabilities: endpoint, messages, what to do with an answer
 *       fencing                                   who has the right of way. Plain Java
 *       diffusion                                 pictures from words: tokens, steps, which network runs when. Plain Java
 *       mesh                                      triangle meshes: made, measured, written, read. Plain Java
 *       socketio                                  Socket.IO's sessions and events, on both of its transports
 *       socket                                    the container's WebSocket as the peer of a stream
 *       jobs                                      durable work: claimed, run, followed, kept. The only user of a database
 *       stream                                    a live client: mailbox, ordered replies, admission
 *         inference                               which frame runs when. Plain Java
 *         hands                                   finds and follows the hands of a stream's pictures
 *         pose                                    finds people and their points in pictures, follows two fencers
 *         depth                                   how near each pixel of a picture is; a picture's body as a field
 *         detection                               what single-shot detectors have found
 *         runtime                                 warmed sessions, leases, devices. The only user of ai.onnxruntime
 *         model                                   what models/ holds: catalogue, manifest, labels, checksum
 *         imaging                                 pixels in and out, drawing, video files. The only user of org.bytedeco
 *   access  config  fault  metrics  trace         ground: who may, typed settings, error codes, counters, spans
 *
 *   start                                         stands alone: what is checked before the server starts
 *   client                                        a process of its own, over imaging and fault: the referee's command line
 * </pre>
 */
@NullMarked
package dev.osprey;

import org.jspecify.annotations.NullMarked;
