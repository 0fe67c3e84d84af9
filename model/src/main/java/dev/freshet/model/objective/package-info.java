/** What the learner minimises: one file for each paper, behind {@link dev.freshet.model.objective.PolicyObjective}. */
@NullMarked
package dev.freshet.model.objective;

import org.jspecify.annotations.NullMarked;
