package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;

/** Checks an answer and gives it a reward. Implementations may be called from many threads at once, and may block. */
public interface AnswerVerifier {
    /** The label this verifier carries in metrics and events. */
    String name();

    Verdict verify(Prompt prompt, Answer answer);
}
