package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchMeasuresTest {
    @Test
    void everyTokenAndEveryRolloutIsCountedOnce() {
        Rollout old = rollout(FinishReason.STOP, 3, 3, 4);
        Rollout fresh = rollout(FinishReason.LENGTH, 5, 5);
        BatchMeasures measures = BatchMeasures.of(
                List.of(group(old, fresh, 1, 0), group(fresh, fresh, 0.5, 0.5)),
                new PolicyVersion(5),
                Toy.rlvr(
                        RlvrVariant.DAPO,
                        "freshet.generation.max-completion-length = 3",
                        "freshet.rlvr.overlong-share = 1"));

        assertThat(measures.tokenStaleness()).isEqualTo(versions(0, 0, 0, 0, 0, 0, 1, 2, 2));
        assertThat(measures.trajectoryStaleness()).isEqualTo(versions(0, 0, 0, 2));
        assertThat(measures.versionSpan()).isEqualTo(versions(0, 0, 0, 1));
        assertThat(measures.completionLength().count()).isEqualTo(4);
        assertThat(measures.completionLength().sum()).isEqualTo(9);
        assertThat(measures.truncatedRatio()).isEqualTo(0.75);
        assertThat(measures.equalRewardsRatio()).isEqualTo(0.5);
        // One of 2 tokens and a stop, and three of 2 that were cut off, of 3 at most: four times -2/3.
        assertThat(measures.rewardShaping()).isCloseTo(-2 / 3.0, within(1e-12));
    }

    private static Distribution versions(int... values) {
        Distribution.Tally tally = new Distribution.Tally(BatchMeasures.VERSIONS);
        for (int value : values) {
            tally.add(value);
        }
        return tally.distribution();
    }

    private static ScoredGroup group(Rollout first, Rollout second, double firstReward, double secondReward) {
        return Toy.scored(0, Tokens.of(1), List.of(first, second), List.of(firstReward, secondReward), List.of());
    }

    private static Rollout rollout(FinishReason finish, long... versions) {
        int[] tokens = new int[versions.length];
        LogProbs unknown = LogProbs.of(new float[versions.length]);
        return new Rollout(Tokens.of(tokens), finish, unknown, unknown, TokenVersions.of(versions));
    }
}
