package dev.freshet.streams;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** All that an evaluation sees of the outside world. */
public interface EvaluationPorts {
    /** Samples answers to a held-out prompt, numbered by its place, from weights that stay the same throughout. */
    CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt);

    /** What came of each answer, in the order of the rollouts; one without a verdict is not correct, and ends nothing. */
    CompletionStage<List<AnswerVerified>> verify(RolloutGroup group);

    /**
     * How far the policy is from the reference on its answers: each divergence by its spec, a mean over their tokens; empty if
     * there is no reference.
     */
    CompletionStage<Map<String, Double>> divergences(RolloutGroup group);
}
