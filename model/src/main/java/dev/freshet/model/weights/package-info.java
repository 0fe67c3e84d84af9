/** Policy versions in memory: {@link dev.freshet.model.weights.WeightRegistry} is where a learner publishes and generators lease. */
@NullMarked
package dev.freshet.model.weights;

import org.jspecify.annotations.NullMarked;
