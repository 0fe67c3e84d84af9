/**
 * Who runs what: {@link dev.freshet.actors.Run} starts a run of typed actors in this process, and {@link
 * dev.freshet.actors.RunControl} is how the rest of the program steers it.
 *
 * <p>A run is one actor system. {@link dev.freshet.actors.Coordinator} leads it, owns its stream and spawns the rest. Its
 * messages stay in the process and carry values of {@code model} as they are, a copy of the weights among them, so none is
 * marked as serialisable: what leaves the process is for a codec to say, not for these protocols.
 */
@NullMarked
package dev.freshet.actors;

import org.jspecify.annotations.NullMarked;
