/**
 * Small reproductions of papers: arms of real runs, a table, pictures, and what must hold of the means.
 * {@link dev.freshet.ops.experiment.Experiments} names them, each in a file of its own.
 */
@NullMarked
package dev.freshet.ops.experiment;

import org.jspecify.annotations.NullMarked;
