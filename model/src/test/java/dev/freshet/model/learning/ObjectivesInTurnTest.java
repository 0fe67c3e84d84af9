package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.PolicyObjectives;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run may be switched from any objective of rollouts to any other, and within each to another divergence or estimator. */
class ObjectivesInTurnTest {
    @Test
    void oneLearnerTakesAStepOfEach() throws Exception {
        try (ToyLearner learner =
                ToyLearner.startAgainst(Toy.weights(1), Toy.weights(2), "freshet.train.mini-batches = 1")) {
            double[] weights = learner.weights();
            long version = 0;
            for (PolicyObjective objective : all()) {
                StepReport report = learner.learn(Toy.batch(4, version), objective);
                assertThat(report.version().number()).isEqualTo(++version);
                assertThat(report.objective()).isEqualTo(objective.name());
                assertThat(report.divergence())
                        .isEqualTo(objective.regularisation().spec());
                assertThat(report.loss()).isFinite();
                assertThat(report.skippedMiniBatches()).isZero();
                double[] now = learner.weights();
                assertThat(now).as(objective.toString()).isNotEqualTo(weights);
                weights = now;
            }
            assertThat(version).isEqualTo(PolicyObjectives.names().size() * 4L);
        }
    }

    private static List<PolicyObjective> all() {
        List<PolicyObjective> all = new ArrayList<>();
        for (String name : PolicyObjectives.names()) {
            for (String estimator : List.of("sampled", "full-vocabulary")) {
                for (String divergence : List.of("reverse-kl", "squared-hellinger")) {
                    all.add(PolicyObjectives.from(Toy.config(
                            "freshet.objective = " + name,
                            "freshet.divergence = " + divergence,
                            "freshet.divergence-estimator = " + estimator)));
                }
            }
        }
        return all;
    }
}
