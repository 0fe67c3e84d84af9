package dev.freshet.ops.bench;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelinePorts;
import dev.freshet.streams.SampledRollout;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** Ports that answer at once. As a run's learner does, they announce a few of each step's rollouts. */
final class NoModelPorts implements PipelinePorts {
    private final NoModel model;
    private final PolicyObjective objective;
    private final int sampledRollouts;
    private final EventSink events;
    private final List<Double> rewards;

    NoModelPorts(NoModel model, PolicyObjective objective, int groupSize, int sampledRollouts, EventSink events) {
        this.model = model;
        this.objective = objective;
        this.sampledRollouts = sampledRollouts;
        this.events = events;
        this.rewards = Collections.nCopies(groupSize, 1.0);
    }

    @Override
    public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
        return passed(model.generate(prompt));
    }

    @Override
    public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
        return passed(new VerifiedGroup(group, rewards));
    }

    @Override
    public CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group) {
        return passed(new ScoredGroup(group, model.scoreReference()));
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch) {
        List<ScoredGroup> groups = batch.groups();
        StepReport report = model.learn(groups, objective);
        events.accept(new RolloutsSampled(
                report.version(),
                IntStream.range(0, Math.min(sampledRollouts, groups.size()))
                        .mapToObj(i -> sample(groups.get(i)))
                        .toList()));
        return CompletableFuture.completedFuture(report);
    }

    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public PolicyVersion publishedVersion() {
        return model.version();
    }

    @Override
    public boolean needsRewardVariance() {
        return objective.needsRewardVariance();
    }

    private static SampledRollout sample(ScoredGroup group) {
        long version = group.group().oldestVersion().number();
        return new SampledRollout(
                group.sequence(),
                group.group().prompt().text(),
                group.group().prompt().groundTruth(),
                group.verified().rewards().get(0),
                version,
                version);
    }

    private static <T> CompletionStage<Outcome<T>> passed(T value) {
        return CompletableFuture.completedFuture(new Outcome.Passed<>(value));
    }
}
