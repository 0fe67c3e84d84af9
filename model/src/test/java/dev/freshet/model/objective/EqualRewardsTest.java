package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EqualRewardsTest {
    /** DAPO's dynamic sampling, whose mask says of each rollout whether its group is kept. */
    @Test
    void whatIsRefilledIsWhatDynamicSamplingLeavesOut() {
        Rlvr refilling = Objectives.of(RlvrVariant.DAPO);
        JsonNode vectors = RlvrVectors.read();
        List<Double> rewards = RlvrVectors.numbers(vectors.get("rewards"));
        List<Double> groups = RlvrVectors.numbers(vectors.get("group"));
        JsonNode kept = vectors.get("dapo_dynamic_sampling_keep");
        assertThat(refilling.needsRewardVariance()).isTrue();
        for (int i = 0; i < rewards.size(); i++) {
            double group = groups.get(i);
            List<Double> together = IntStream.range(0, rewards.size())
                    .filter(other -> groups.get(other) == group)
                    .mapToObj(rewards::get)
                    .toList();
            assertThat(verified(together).hasRewardVariance())
                    .as("rollout %d", i)
                    .isEqualTo(kept.get(i).booleanValue());
        }
    }

    private static VerifiedGroup verified(List<Double> rewards) {
        Rollout rollout =
                new Rollout(Tokens.of(1), FinishReason.STOP, LogProbs.of(-1), LogProbs.of(-1), TokenVersions.of(0));
        AdmittedPrompt prompt = new AdmittedPrompt(0, new Prompt("", Tokens.of(1), ""), 1);
        return new VerifiedGroup(new RolloutGroup(prompt, Collections.nCopies(rewards.size(), rollout)), rewards);
    }
}
