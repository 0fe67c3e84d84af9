/**
 * How near samples are to the data that they should look like, in numbers: {@link dev.freshet.model.fidelity.SampleSet} of either,
 * compared on a grid, by their modes, by their neighbours and by the Gaussians that fit their features.
 */
@NullMarked
package dev.freshet.model.fidelity;

import org.jspecify.annotations.NullMarked;
