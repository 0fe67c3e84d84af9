/** Sampling from the policy: a {@link dev.freshet.model.generation.RolloutGenerator} turns admitted prompts into groups. */
@NullMarked
package dev.freshet.model.generation;

import org.jspecify.annotations.NullMarked;
