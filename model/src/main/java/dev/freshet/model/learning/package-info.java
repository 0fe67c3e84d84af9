/** One optimizer step after another: {@link dev.freshet.model.learning.PolicyLearner} owns weights and optimizer state. */
@NullMarked
package dev.freshet.model.learning;

import org.jspecify.annotations.NullMarked;
