package dev.freshet.ops.bench;

import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Generator, learner and scorer of {@link NoModel}, for actors to drive. */
final class NoModelRoles {
    private NoModelRoles() {}

    record Generator(NoModel model) implements RolloutGenerator {
        @Override
        public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
            return CompletableFuture.completedFuture(model.generate(prompt));
        }

        @Override
        public PolicyVersion version() {
            return model.version();
        }

        @Override
        public void halt() {}

        @Override
        public void resume() {}

        @Override
        public void abandon() {}

        @Override
        public GenerationCounts counts() {
            return GenerationCounts.NONE;
        }

        @Override
        public void close() {}
    }

    record Learner(NoModel model) implements PolicyLearner {
        @Override
        public CompletionStage<StepReport> learn(
                LearningBatch batch, PolicyObjective objective, StepSettings settings) {
            return CompletableFuture.completedFuture(model.learn(batch.groups(), objective));
        }

        @Override
        public CompletionStage<LearnerSnapshot> snapshot() {
            return CompletableFuture.completedFuture(
                    LearnerState.fresh(List.of()).as(model.version()));
        }

        @Override
        public CompletionStage<Void> restore(LearnerSnapshot state) {
            return CompletableFuture.failedFuture(
                    new UnsupportedOperationException("without a model there is nothing to go back to"));
        }

        @Override
        public PolicyVersion version() {
            return model.version();
        }

        @Override
        public void close() {}
    }

    record Scorer(NoModel model) implements LogProbScorer {
        @Override
        public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
            return CompletableFuture.completedFuture(model.scoreReference());
        }

        @Override
        public void close() {}
    }
}
