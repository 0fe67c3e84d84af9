/** Small reproductions of papers: arms of real runs, a table, pictures, and what must hold of the means. */
@NullMarked
package dev.freshet.ops.experiment;

import org.jspecify.annotations.NullMarked;
