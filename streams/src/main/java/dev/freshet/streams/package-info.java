/** The pipelines: {@link dev.freshet.streams.RolloutPipeline} tells the whole story over {@link dev.freshet.streams.PipelinePorts}. */
@NullMarked
package dev.freshet.streams;

import org.jspecify.annotations.NullMarked;
