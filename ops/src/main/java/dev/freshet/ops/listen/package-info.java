/** Where the daemon listens, and who may call it there: {@link dev.freshet.ops.listen.Listening}. */
@NullMarked
package dev.freshet.ops.listen;

import org.jspecify.annotations.NullMarked;
