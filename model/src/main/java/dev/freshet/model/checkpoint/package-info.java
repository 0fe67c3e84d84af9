/** Atomic checkpoints of a run: {@link dev.freshet.model.checkpoint.CheckpointStore} writes, lists and verifies them. */
@NullMarked
package dev.freshet.model.checkpoint;

import org.jspecify.annotations.NullMarked;
