package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingRecordTest {
    private final RunParameters inForce = Samples.parameters("js", 0.2, "");
    private final PolicyObjective objective = inForce.policyObjective();

    @Test
    void countsTheGroupsOfAStepThatThePipelineHasNotHeardOfYet() {
        TrainingRecord record = TrainingRecord.from(Samples.begin())
                .after(Samples.report(new PolicyVersion(1), objective, Samples.batch(0, 4), 0));
        GroupCounts before = new GroupCounts(11, 0, Map.of(DropReason.UNSCORABLE, 1L), 0, 10);

        TrainingState state = record.stateOf(copyOfVersionZero(), inForce, before);

        assertThat(TrainingRecord.groups(state))
                .isEqualTo(new GroupCounts(11, 4, Map.of(DropReason.UNSCORABLE, 1L), 0, 6));
        assertThat(state.cursor()).isEqualTo(4);
        assertThat(state.divergence()).isEqualTo("js");
        assertThat(state.divergenceCoefficient()).isEqualTo(0.2);
        assertThat(state.parameters())
                .isEqualTo(new SavedParameters(
                        inForce.texts(), Samples.begin().parameters().configured()));
    }

    @Test
    void goesOnCountingFromTheStateOfACheckpoint() {
        TrainingRecord first = TrainingRecord.from(Samples.begin())
                .after(Samples.report(new PolicyVersion(1), objective, Samples.batch(0, 4), 0));
        TrainingState written = first.stateOf(copyOfVersionZero(), inForce, new GroupCounts(9, 4, Map.of(), 0, 5));

        TrainingRecord resumed = TrainingRecord.from(written)
                .after(Samples.report(new PolicyVersion(2), objective, Samples.batch(4, 4), 0));

        assertThat(resumed.cursor()).isEqualTo(8);
        assertThat(resumed.trained()).isEqualTo(8);
    }

    private static LearnerSnapshot copyOfVersionZero() {
        return SteeredLearner.stepsAtOnce().snapshot().toCompletableFuture().join();
    }
}
