/**
 * A training run from settings to summary: {@link dev.freshet.ops.training.TrainingRun} tells it from top to bottom.
 */
@NullMarked
package dev.freshet.ops.training;

import org.jspecify.annotations.NullMarked;
