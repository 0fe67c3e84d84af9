/**
 * What a learner remembers of its own course, so as to stay where the loss is flat: {@link dev.freshet.model.trajectory.PastOutputs} is what
 * it said of one completion, and {@link dev.freshet.model.trajectory.OutputStore} has those of the epochs that are looked back on.
 */
@NullMarked
package dev.freshet.model.trajectory;

import org.jspecify.annotations.NullMarked;
