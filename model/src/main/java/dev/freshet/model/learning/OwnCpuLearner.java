package dev.freshet.model.learning;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.engine.CpuReservation;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.concurrent.CompletionStage;

/** A learner that has CPUs to itself while a step runs; between steps, everybody may use them. */
public final class OwnCpuLearner implements PolicyLearner {
    private final PolicyLearner learner;
    private final CpuReservation cpus;

    /** @param learner becomes this object's */
    public OwnCpuLearner(PolicyLearner learner, CpuReservation cpus) {
        this.learner = learner;
        this.cpus = cpus;
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch, PolicyObjective objective, StepSettings settings) {
        cpus.hold();
        return learner.learn(batch, objective, settings).whenComplete((report, failure) -> cpus.release());
    }

    @Override
    public CompletionStage<StepReport> learn(DatasetBatch batch, DatasetObjective objective, StepSettings settings) {
        cpus.hold();
        return learner.learn(batch, objective, settings).whenComplete((report, failure) -> cpus.release());
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        return learner.snapshot();
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        return learner.restore(state);
    }

    @Override
    public PolicyVersion version() {
        return learner.version();
    }

    @Override
    public void close() {
        learner.close();
    }
}
