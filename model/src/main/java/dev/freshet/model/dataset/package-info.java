/**
 * Examples that a policy learns from and did not sample: {@link dev.freshet.model.dataset.Dataset} is a file of them, in an order of its
 * own, and {@link dev.freshet.model.dataset.TokenisedExample} is one as the learner takes it.
 */
@NullMarked
package dev.freshet.model.dataset;

import org.jspecify.annotations.NullMarked;
