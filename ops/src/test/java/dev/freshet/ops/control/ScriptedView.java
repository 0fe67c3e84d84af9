package dev.freshet.ops.control;

import dev.freshet.actors.RunState;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.Journal;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.StageSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run that shows what the test gives it. */
public final class ScriptedView implements RunView {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    public static final PolicySample SAMPLE = new PolicySample(
            new PolicyVersion(12),
            List.of(
                    new PolicySample.Completion("42;", FinishReason.STOP, -0.25, 3),
                    new PolicySample.Completion("4242", FinishReason.LENGTH, -1.5, 4)));
    public static final EvaluationCompleted EVALUATION = new EvaluationCompleted(
            "held_out",
            new PolicyVersion(12),
            256,
            16,
            Map.of(1, 0.5, 8, 0.75),
            0.45,
            1.5,
            2,
            Asker.CALLER,
            new EvaluationMeasures(Map.of("overdue", 2), 1.25, Map.of(1, 0.5), 0.25, Map.of("js", 0.125), -0.5));

    private final List<PolicySample.Order> orders = new CopyOnWriteArrayList<>();
    private final List<String> suites = new CopyOnWriteArrayList<>();
    private volatile @Nullable Journal journal;
    private volatile CompletionStage<RunState> state = CompletableFuture.completedFuture(RunState.RUNNING);
    private volatile List<StageSnapshot> stages = List.of();
    private volatile CompletableFuture<PolicySample> sample = CompletableFuture.completedFuture(SAMPLE);
    private volatile CompletableFuture<EvaluationCompleted> evaluation = CompletableFuture.completedFuture(EVALUATION);

    public void journal(@Nullable Journal next) {
        journal = next;
    }

    void state(RunState next) {
        state = CompletableFuture.completedFuture(next);
    }

    void state(CompletionStage<RunState> next) {
        state = next;
    }

    void stages(StageSnapshot... next) {
        stages = List.of(next);
    }

    void samples(CompletableFuture<PolicySample> next) {
        sample = next;
    }

    void evaluates(CompletableFuture<EvaluationCompleted> next) {
        evaluation = next;
    }

    public List<PolicySample.Order> orders() {
        return List.copyOf(orders);
    }

    public List<String> suites() {
        return List.copyOf(suites);
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    @Override
    public CallListener calls() {
        return new CallListener() {
            @Override
            public Consumer<String> begun(String command) {
                return result -> told.add(command + " " + result);
            }

            @Override
            public void connectionRefused() {
                told.add("connection refused");
            }
        };
    }

    /** Each call that has ended, as {@code command result}. */
    BlockingQueue<String> told() {
        return told;
    }

    @Override
    public CompletionStage<RunState> state() {
        return state;
    }

    @Override
    public List<StageSnapshot> stages() {
        return stages;
    }

    @Override
    public CompletableFuture<PolicySample> sample(PolicySample.Order order) {
        orders.add(order);
        return sample;
    }

    @Override
    public CompletableFuture<EvaluationCompleted> evaluate(String suite) {
        suites.add(suite);
        return evaluation;
    }
}
