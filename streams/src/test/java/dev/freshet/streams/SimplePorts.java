package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/** A world in which everything is done at once, and well; a test changes what it is about. */
final class SimplePorts implements PipelinePorts {
    final AtomicLong published = new AtomicLong();
    final List<PolicyVersion> pushed = new CopyOnWriteArrayList<>();
    volatile boolean equalRewards;
    volatile boolean needsRewardVariance;
    volatile int moreStaleness;

    /** By how many versions the group of a number is behind when it is sampled. */
    volatile LongUnaryOperator sampledBehind = sequence -> 0;

    volatile Function<PolicyVersion, CompletionStage<Done>> push =
            version -> CompletableFuture.completedFuture(Done.getInstance());

    @Override
    public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
        long version = published.get() - sampledBehind.applyAsLong(prompt.sequence());
        return passed(Groups.sampledBy(new PolicyVersion(version), prompt));
    }

    @Override
    public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
        return passed(Groups.rewarded(group, 1, equalRewards ? 1 : 0));
    }

    @Override
    public CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group) {
        return passed(ScoredGroup.withoutReference(group));
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch) {
        return CompletableFuture.completedFuture(
                Groups.report(new PolicyVersion(published.incrementAndGet()), batch.groups()));
    }

    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        pushed.add(version);
        return push.apply(version);
    }

    @Override
    public PolicyVersion publishedVersion() {
        return new PolicyVersion(published.get());
    }

    @Override
    public boolean needsRewardVariance() {
        return needsRewardVariance;
    }

    @Override
    public int maxStaleness(int atStart) {
        return atStart + moreStaleness;
    }

    private static <T> CompletionStage<Outcome<T>> passed(T value) {
        return CompletableFuture.completedFuture(new Outcome.Passed<>(value));
    }
}
