package dev.freshet.streams;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.concurrent.CompletionStage;

/** All that an evaluation sees of the outside world. */
public interface EvaluationPorts {
    /** Samples answers to a held-out prompt, numbered by its place, from weights that stay the same throughout. */
    CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt);

    CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group);
}
