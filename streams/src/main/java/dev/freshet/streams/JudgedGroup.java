package dev.freshet.streams;

import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;

/**
 * The answers to a held-out prompt, and what came of verifying each. Unlike what is learnt from, it is whole although some of its
 * answers have no verdict.
 *
 * @param answers one a rollout, in the rollouts' order
 */
record JudgedGroup(RolloutGroup group, List<AnswerVerified> answers) {
    JudgedGroup {
        answers = List.copyOf(answers);
        if (answers.size() != group.rollouts().size()) {
            throw new IllegalArgumentException("a group of " + group.rollouts().size()
                    + " rollouts must have as many verified answers, had " + answers.size());
        }
    }
}
