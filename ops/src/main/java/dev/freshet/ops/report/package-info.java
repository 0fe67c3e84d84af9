/** The page about a run: {@link dev.freshet.ops.report.RunReport} makes it from the run's files. */
@NullMarked
package dev.freshet.ops.report;

import org.jspecify.annotations.NullMarked;
