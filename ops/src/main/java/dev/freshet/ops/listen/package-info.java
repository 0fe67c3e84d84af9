/** Where the daemon listens: {@link dev.freshet.ops.listen.ListenAddress}, loopback only. */
@NullMarked
package dev.freshet.ops.listen;

import org.jspecify.annotations.NullMarked;
