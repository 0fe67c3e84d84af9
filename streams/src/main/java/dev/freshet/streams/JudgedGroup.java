package dev.freshet.streams;

import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.AnswerVerified.Result;
import dev.freshet.streams.Outcome.Dropped;
import dev.freshet.streams.Outcome.Passed;
import java.util.List;
import java.util.Map;

/**
 * The answers to a held-out prompt, and what came of verifying each. Unlike what is learnt from, it is whole although some of its
 * answers have no verdict.
 *
 * @param answers one a rollout, in the rollouts' order
 * @param divergences from the reference, by spec, each a mean over the answers' tokens; empty if there is none
 */
record JudgedGroup(RolloutGroup group, List<AnswerVerified> answers, Map<String, Double> divergences) {
    JudgedGroup {
        answers = List.copyOf(answers);
        divergences = Map.copyOf(divergences);
        if (answers.size() != group.rollouts().size()) {
            throw new IllegalArgumentException("a group of " + group.rollouts().size()
                    + " rollouts must have as many verified answers, had " + answers.size());
        }
    }

    static JudgedGroup of(RolloutGroup group, List<AnswerVerified> answers) {
        return new JudgedGroup(group, answers, Map.of());
    }

    JudgedGroup withDivergences(Map<String, Double> measured) {
        return new JudgedGroup(group, answers, measured);
    }

    /** As what can be learnt from, which an answer without a verdict cannot. */
    Outcome<VerifiedGroup> rewarded() {
        long unverified = answers.stream()
                .filter(answer -> answer.result() != Result.SCORED)
                .count();
        return unverified == 0
                ? new Passed<>(new VerifiedGroup(
                        group, answers.stream().map(AnswerVerified::reward).toList()))
                : new Dropped<>(
                        group.sequence(),
                        DropReason.UNSCORABLE,
                        unverified + " of its " + answers.size() + " answers have no verdict");
    }
}
