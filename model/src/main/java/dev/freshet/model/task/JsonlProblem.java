package dev.freshet.model.task;

/**
 * A problem as its line states it.
 *
 * @param question before it is put in a template
 * @param groundTruth what the verifier compares with
 * @param answer the answer to imitate
 */
record JsonlProblem(String question, String groundTruth, String answer) {}
