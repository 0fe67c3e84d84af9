/**
 * What {@code freshet bench} measures: {@link dev.freshet.ops.bench.Benchmarks} names the benchmarks, each in a file of its own.
 */
@NullMarked
package dev.freshet.ops.bench;

import org.jspecify.annotations.NullMarked;
