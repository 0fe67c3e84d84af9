/**
 * Trains one-step students of diffusion models: {@link dev.freshet.model.distillation.DistillationLearner} takes the steps of
 * f-distill, from the weights that {@link dev.freshet.model.distillation.Preparation} makes and on
 * {@link dev.freshet.model.distillation.TrainingData}.
 */
@NullMarked
package dev.freshet.model.distillation;

import org.jspecify.annotations.NullMarked;
