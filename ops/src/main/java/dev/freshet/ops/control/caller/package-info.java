/** Calling a run's control service at random: {@link dev.freshet.ops.control.caller.RandomCaller} sends commands, {@link dev.freshet.ops.control.caller.EventWatcher} watches events. */
@NullMarked
package dev.freshet.ops.control.caller;

import org.jspecify.annotations.NullMarked;
