package dev.freshet.model.learning;

/** A mini-batch that can be gone over once, or several times. */
@FunctionalInterface
interface MiniBatchPass {
    /** Adds its gradients, if the pass has them, to those that the decoder has accumulated; the loss, which may be not finite. */
    double run(Pass pass);
}
