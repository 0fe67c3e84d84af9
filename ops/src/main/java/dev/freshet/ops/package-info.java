/** The program: {@link dev.freshet.ops.Main} puts its commands together. */
@NullMarked
package dev.freshet.ops;

import org.jspecify.annotations.NullMarked;
