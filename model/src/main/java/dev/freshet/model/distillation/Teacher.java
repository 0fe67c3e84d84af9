package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.diffusion.DiffusionProgram;

/** What the student is to become, as estimates of clean data; native memory that whoever opened it closes. */
sealed interface Teacher extends AutoCloseable permits ExactTeacher, TrainedTeacher {
    /**
     * Estimates (samples, dimensions) from noised data of that shape and its noise levels (samples), without gradient; they belong to
     * the noised data's manager.
     */
    NDArray denoise(DiffusionProgram program, NDArray noised, NDArray levels);

    @Override
    void close();
}
