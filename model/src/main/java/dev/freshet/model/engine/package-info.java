/**
 * The one native layer, DJL's PyTorch engine: {@link dev.freshet.model.engine.EngineThread} is where every native call runs, and
 * {@link dev.freshet.model.engine.TorchProgram} is how TorchScript source becomes callable.
 */
@NullMarked
package dev.freshet.model.engine;

import org.jspecify.annotations.NullMarked;
