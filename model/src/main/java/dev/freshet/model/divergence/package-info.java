/** The f-divergences, one convention for all: {@link dev.freshet.model.divergence.FDivergence}. */
@NullMarked
package dev.freshet.model.divergence;

import org.jspecify.annotations.NullMarked;
