package dev.freshet.ops.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import java.util.List;

/**
 * The fields of {@code summary.json}, in its order. Scripts rely on the names. A number that was not measured is NaN here and
 * null there.
 *
 * @param steps training steps that the newest version stands on
 * @param seconds from the start of this process
 * @param divergence spec of the divergence in force at the end
 * @param passAt1Before pass@1 on the held-out prompts at version 0
 * @param passAt1After pass@1 on the held-out prompts at the newest version measured, which is then at least 1; not measured
 *     by a run that was told to end
 * @param rolloutsPerSecond mean over this process's steps, each weighing as long as it took
 * @param generatedTokensPerSecond completion tokens of all sampled groups, also of those that were not learnt from; mean, as above
 * @param maxStaleness largest staleness of a token that was learnt from
 * @param stalenessBound what the settings allow for
 */
public record RunSummary(
        long steps,
        double seconds,
        PolicyVersion policyVersion,
        String divergence,
        @JsonProperty("pass_at_1_before") double passAt1Before,
        @JsonProperty("pass_at_1_after") double passAt1After,
        @JsonProperty("pass_at_8_before") double passAt8Before,
        @JsonProperty("pass_at_8_after") double passAt8After,
        double rolloutsPerSecond,
        double generatedTokensPerSecond,
        long maxStaleness,
        long stalenessBound,
        GroupCounts groups) {
    /** The k of the pass@k that every run reports. */
    public static final List<Integer> REPORTED_K = List.of(1, 8);
}
