/**
 * What the engine does with nothing around it, for benchmarks to hold the finished system against:
 * {@link dev.freshet.model.yardstick.BareDecoder}.
 */
@NullMarked
package dev.freshet.model.yardstick;

import org.jspecify.annotations.NullMarked;
