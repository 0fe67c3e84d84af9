/**
 * The small networks that diffusion and its distillation are made of, as one TorchScript program:
 * {@link dev.freshet.model.diffusion.DiffusionProgram}, on the arrays of {@link dev.freshet.model.diffusion.TrainableParameters}.
 */
@NullMarked
package dev.freshet.model.diffusion;

import org.jspecify.annotations.NullMarked;
