package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongPredicate;

/** A world in which everything is done at once, except that each step waits for the test to finish it. */
final class SteeredPorts implements PipelinePorts {
    /** A step that has been begun. */
    record Step(List<ScoredGroup> batch, List<RehearsalSequence> rehearsal, CompletableFuture<StepReport> result) {
        List<Long> sequences() {
            return batch.stream().map(ScoredGroup::sequence).toList();
        }
    }

    private final AtomicLong published = new AtomicLong();
    private final BlockingQueue<Step> begun = new LinkedBlockingQueue<>();
    private final Function<RolloutGroup, CompletionStage<Outcome<RolloutGroup>>> generated;
    private final Runnable whenStepBegins;
    private volatile BiFunction<PolicyVersion, List<ScoredGroup>, List<RehearsalSequence>> rehearsal =
            (version, groups) -> List.of();
    private volatile LongPredicate dropped = sequence -> false;

    SteeredPorts() {
        this(SteeredPorts::passed);
    }

    /** @param generated what becomes of a group that has been sampled */
    SteeredPorts(Function<RolloutGroup, CompletionStage<Outcome<RolloutGroup>>> generated) {
        this(generated, () -> {});
    }

    SteeredPorts(Function<RolloutGroup, CompletionStage<Outcome<RolloutGroup>>> generated, Runnable whenStepBegins) {
        this.generated = generated;
        this.whenStepBegins = whenStepBegins;
    }

    SteeredPorts droppingAfterVerification(LongPredicate sequences) {
        dropped = sequences;
        return this;
    }

    /** @param sequences for the batch of groups that the version of the moment learns from */
    SteeredPorts rehearsing(BiFunction<PolicyVersion, List<ScoredGroup>, List<RehearsalSequence>> sequences) {
        rehearsal = sequences;
        return this;
    }

    static <T> CompletionStage<Outcome<T>> passed(T value) {
        return CompletableFuture.completedFuture(new Outcome.Passed<>(value));
    }

    /** Waits for the next step to begin. */
    Step awaitStep() throws InterruptedException {
        Step step = begun.poll(TestSystem.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (step == null) {
            throw new AssertionError("no step began within " + TestSystem.DEADLINE);
        }
        return step;
    }

    /** The step that has begun, if there is one that nobody has taken yet. */
    Optional<Step> begunStep() {
        return Optional.ofNullable(begun.poll());
    }

    void finish(Step step) {
        PolicyVersion version = new PolicyVersion(published.incrementAndGet());
        step.result().complete(Groups.report(version, step.batch()));
    }

    @Override
    public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
        return generated.apply(Groups.sampledBy(publishedVersion(), prompt));
    }

    @Override
    public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
        if (dropped.test(group.sequence())) {
            return CompletableFuture.completedFuture(
                    new Outcome.Dropped<>(group.sequence(), DropReason.UNSCORABLE, "as asked"));
        }
        return passed(Groups.rewarded(group, 1, 0));
    }

    @Override
    public CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group) {
        return passed(ScoredGroup.withoutReference(group));
    }

    @Override
    public List<RehearsalSequence> rehearsal(List<ScoredGroup> groups) {
        return rehearsal.apply(publishedVersion(), groups);
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch) {
        Step step = new Step(batch.groups(), batch.rehearsal(), new CompletableFuture<>());
        begun.add(step);
        whenStepBegins.run();
        return step.result();
    }

    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public PolicyVersion publishedVersion() {
        return new PolicyVersion(published.get());
    }

    @Override
    public boolean needsRewardVariance() {
        return true;
    }
}
