package dev.freshet.streams;

/** What answers were sampled for. */
public enum AnswerPurpose {
    TRAINING,
    EVALUATION
}
