/** {@link dev.freshet.model.objective.GrpoTest} holds the objective to its vectors, {@link dev.freshet.model.objective.GrpoPenaltyTest} its penalty to exact divergences. */
@NullMarked
package dev.freshet.model.objective;

import org.jspecify.annotations.NullMarked;
