/** What a run says for an operator: {@link dev.freshet.ops.logging.RunLog} writes it, {@link dev.freshet.ops.logging.EventLog} says it. */
@NullMarked
package dev.freshet.ops.logging;

import org.jspecify.annotations.NullMarked;
