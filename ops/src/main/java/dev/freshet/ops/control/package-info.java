/** Steering a run over gRPC: {@link dev.freshet.ops.control.ControlServer} serves it, {@link dev.freshet.ops.control.ControlClient} calls it. */
@NullMarked
package dev.freshet.ops.control;

import org.jspecify.annotations.NullMarked;
