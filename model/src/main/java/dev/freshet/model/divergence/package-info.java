/**
 * The f-divergences, one convention for all: {@link dev.freshet.model.divergence.FDivergence}, estimated from samples
 * by {@link dev.freshet.model.divergence.DivergenceEstimators} and named by
 * {@link dev.freshet.model.divergence.DivergenceSpec}.
 */
@NullMarked
package dev.freshet.model.divergence;

import org.jspecify.annotations.NullMarked;
