package dev.freshet.actors;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A learner whose steps last until a test ends them, or no time at all. It learns nothing, and counts its open snapshots. */
final class SteeredLearner implements PolicyLearner {
    private final boolean atOnce;
    private final BlockingQueue<Step> begun = new LinkedBlockingQueue<>();
    private final AtomicInteger openSnapshots = new AtomicInteger();
    private final List<LearnerSnapshot> restored = new CopyOnWriteArrayList<>();
    private final List<ScoredExample> examples = new CopyOnWriteArrayList<>();
    private volatile boolean askedToRestore;
    private volatile @Nullable CompletableFuture<Void> heldRestore;
    private volatile PolicyVersion version = PolicyVersion.INITIAL;

    private SteeredLearner(boolean atOnce) {
        this.atOnce = atOnce;
    }

    static SteeredLearner stepsAtOnce() {
        return new SteeredLearner(true);
    }

    static SteeredLearner stepsOnCommand() {
        return new SteeredLearner(false);
    }

    /** A step that has begun. */
    final class Step {
        private final List<ScoredGroup> batch;
        private final PolicyObjective objective;
        private final StepSettings settings;
        private final CompletableFuture<StepReport> result = new CompletableFuture<>();

        private Step(List<ScoredGroup> batch, PolicyObjective objective, StepSettings settings) {
            this.batch = batch;
            this.objective = objective;
            this.settings = settings;
        }

        List<ScoredGroup> batch() {
            return batch;
        }

        PolicyObjective objective() {
            return objective;
        }

        StepSettings settings() {
            return settings;
        }

        void end() {
            end(0);
        }

        void endNonfinite() {
            end(1);
        }

        void fail(String why) {
            fail(new IllegalStateException(why));
        }

        void fail(Throwable failure) {
            result.completeExceptionally(failure);
        }

        private void end(int skipped) {
            version = version.next();
            result.complete(Samples.report(
                    version, objective, batch, skipped, settings.learningRate().at(version.number() - 1)));
        }
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch, PolicyObjective objective, StepSettings settings) {
        Step step = new Step(batch.groups(), objective, settings);
        if (atOnce) {
            step.end();
        } else {
            begun.add(step);
        }
        return step.result;
    }

    /** Always at once. */
    @Override
    public CompletionStage<StepReport> learn(DatasetBatch batch, DatasetObjective objective, StepSettings settings) {
        version = version.next();
        examples.addAll(batch.examples());
        return CompletableFuture.completedFuture(Samples.report(version, objective, batch));
    }

    /** All that it has learnt from of a dataset, in that order. */
    List<ScoredExample> examples() {
        return examples;
    }

    /** Waits for a step to begin. */
    Step nextStep() {
        try {
            Step step = begun.poll(10, TimeUnit.SECONDS);
            if (step == null) {
                throw new AssertionError("no step began within ten seconds");
            }
            return step;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    boolean hasBegunAStep() {
        return !begun.isEmpty();
    }

    int openSnapshots() {
        return openSnapshots.get();
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        openSnapshots.incrementAndGet();
        return CompletableFuture.completedFuture(new EmptySnapshot(version, openSnapshots));
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        askedToRestore = true;
        CompletableFuture<Void> held = heldRestore;
        if (held == null) {
            goOnFrom(state);
            return CompletableFuture.completedFuture(null);
        }
        return held.thenRun(() -> goOnFrom(state));
    }

    private void goOnFrom(LearnerSnapshot state) {
        version = state.version();
        restored.add(state);
    }

    boolean isAskedToRestore() {
        return askedToRestore;
    }

    /** What the next restore waits for, or fails by. */
    CompletableFuture<Void> holdRestore() {
        CompletableFuture<Void> held = new CompletableFuture<>();
        heldRestore = held;
        return held;
    }

    /** The states that it went on from, in their order. */
    List<LearnerSnapshot> restored() {
        return restored;
    }

    @Override
    public PolicyVersion version() {
        return version;
    }

    @Override
    public void close() {}

    private record EmptySnapshot(PolicyVersion version, AtomicInteger open) implements LearnerSnapshot {
        @Override
        public long step() {
            return version.number();
        }

        @Override
        public long optimizerSteps() {
            return version.number();
        }

        @Override
        public List<TensorData> weights() {
            return List.of();
        }

        @Override
        public List<TensorData> optimizer() {
            return List.of();
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
