/** The files of a run: {@link dev.freshet.ops.run.RunRecorder} writes them, in a {@link dev.freshet.ops.run.RunDirectory}. */
@NullMarked
package dev.freshet.ops.run;

import org.jspecify.annotations.NullMarked;
