package dev.freshet.ops.control;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.List;
import java.util.OptionalDouble;

/** Completions of one prompt, all sampled by one version. */
public record PolicySample(PolicyVersion version, List<Completion> completions) {
    public PolicySample {
        completions = List.copyOf(completions);
    }

    /** @param logProb under the distribution sampled from, in nats, summed over the {@code tokens} */
    public record Completion(String text, FinishReason finishReason, double logProb, int tokens) {}

    /**
     * What is asked for; whoever samples says what of it is refused.
     *
     * @param temperature 0 for the most likely tokens; empty for the one in force
     */
    public record Order(String prompt, long completions, OptionalDouble temperature) {}
}
