/** Who runs what: {@link dev.freshet.actors.RunControl} is how the rest of the program steers a run of typed actors. */
@NullMarked
package dev.freshet.actors;

import org.jspecify.annotations.NullMarked;
