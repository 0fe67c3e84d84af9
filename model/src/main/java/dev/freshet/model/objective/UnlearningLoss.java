package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;

/** What a method of unlearning makes of an answer to be forgotten and of the template that is to be given in its place. */
interface UnlearningLoss {
    /**
     * (examples,): the loss of each example, whose mean is descended.
     *
     * @param forget the answers to be forgotten
     * @param template of the same prompts in the same order
     */
    NDArray perExample(AnswerScores forget, AnswerScores template);
}
