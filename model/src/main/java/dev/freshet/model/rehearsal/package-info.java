/** What a policy could do before a run, kept to be rehearsed in it: {@link dev.freshet.model.rehearsal.RehearsalSet}, and its files. */
@NullMarked
package dev.freshet.model.rehearsal;

import org.jspecify.annotations.NullMarked;
