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
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A world in which everything takes a random while, now and then a long one, and some groups come to nothing. What becomes of
 * a group depends on its number and the seed only; how long it takes depends on chance.
 */
final class SimulatedPorts implements PipelinePorts, AutoCloseable {
    private static final int LONG_TAIL_IN_HUNDRED = 2;
    private static final long LONG_TAIL_MICROS = 12_000;

    private final long seed;
    private final int troubleInHundred;
    private final SplittableRandom delays;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicLong published = new AtomicLong();
    private final List<Long> learnt = new CopyOnWriteArrayList<>();

    /** @param troubleInHundred of a hundred groups, how many fail, are unscorable, are without signal: that many each */
    SimulatedPorts(long seed, int troubleInHundred) {
        this.seed = seed;
        this.troubleInHundred = troubleInHundred;
        this.delays = new SplittableRandom(seed);
    }

    /** The admission numbers of all groups that were learnt from, in that order. */
    List<Long> learnt() {
        return learnt;
    }

    @Override
    public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
        RolloutGroup group = Groups.sampledBy(publishedVersion(), prompt);
        return later(
                1_000, fate(prompt.sequence()) == 0 ? dropped(prompt.sequence(), DropReason.FAILED) : passed(group));
    }

    @Override
    public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
        int fate = fate(group.sequence());
        VerifiedGroup verified = Groups.rewarded(group, 1, fate == 2 ? 1 : 0);
        return later(300, fate == 1 ? dropped(group.sequence(), DropReason.UNSCORABLE) : passed(verified));
    }

    @Override
    public CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group) {
        return later(300, passed(ScoredGroup.withoutReference(group)));
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch) {
        batch.groups().forEach(group -> learnt.add(group.sequence()));
        return later(3_000, batch.groups()).thenApply(this::publish);
    }

    private StepReport publish(List<ScoredGroup> batch) {
        return Groups.report(new PolicyVersion(published.incrementAndGet()), batch);
    }

    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        return later(5_000, Done.getInstance());
    }

    @Override
    public PolicyVersion publishedVersion() {
        return new PolicyVersion(published.get());
    }

    @Override
    public boolean needsRewardVariance() {
        return true;
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /** 0, 1 and 2 are the three kinds of trouble. */
    private int fate(long sequence) {
        int draw = new SplittableRandom(seed * 31 + sequence).nextInt(100);
        return troubleInHundred == 0 ? 3 : draw / troubleInHundred;
    }

    private <T> CompletableFuture<T> later(long upToMicros, T value) {
        Executor afterADelay =
                CompletableFuture.delayedExecutor(delayMicros(upToMicros), TimeUnit.MICROSECONDS, threads);
        return CompletableFuture.supplyAsync(() -> value, afterADelay);
    }

    private synchronized long delayMicros(long upToMicros) {
        boolean longTail = delays.nextInt(100) < LONG_TAIL_IN_HUNDRED;
        return longTail ? LONG_TAIL_MICROS : delays.nextLong(upToMicros);
    }

    private static <T> Outcome<T> passed(T value) {
        return new Outcome.Passed<>(value);
    }

    private static <T> Outcome<T> dropped(long sequence, DropReason reason) {
        return new Outcome.Dropped<>(sequence, reason, "simulated");
    }
}
