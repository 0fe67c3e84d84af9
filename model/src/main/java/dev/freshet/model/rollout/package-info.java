/** The data that flows through the stream, from {@link dev.freshet.model.rollout.AdmittedPrompt} to
 * {@link dev.freshet.model.rollout.ScoredGroup}: immutable, without mathematics, each type adding one fact to the last. */
@NullMarked
package dev.freshet.model.rollout;

import org.jspecify.annotations.NullMarked;
