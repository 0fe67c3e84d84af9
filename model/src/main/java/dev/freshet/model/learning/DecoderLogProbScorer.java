package dev.freshet.model.learning;

import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A {@link LogProbScorer} of a decoder whose weights never change. */
public final class DecoderLogProbScorer implements LogProbScorer {
    private final EngineThread thread;
    private final ScorerSettings settings;
    private final FrozenDecoder decoder;
    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private DecoderLogProbScorer(EngineThread thread, ScorerSettings settings, FrozenDecoder decoder) {
        this.thread = thread;
        this.settings = settings;
        this.decoder = decoder;
    }

    /**
     * Copies weights into native memory of this scorer's own; waits until that is done.
     *
     * @throws IllegalArgumentException if the weights are not those of the decoder
     */
    public static DecoderLogProbScorer start(DecoderConfig config, ScorerSettings settings, List<TensorData> weights)
            throws InterruptedException {
        ComputeSettings compute = settings.compute();
        compute.device().requirePresent();
        EngineThread thread = EngineThread.start("reference-scorer", compute.threads());
        try {
            FrozenDecoder decoder = thread.open(() -> FrozenDecoder.load(config, settings, weights));
            return new DecoderLogProbScorer(thread, settings, decoder);
        } catch (Throwable e) {
            thread.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
        return score(TokenSequence.of(group));
    }

    @Override
    public CompletionStage<List<LogProbs>> score(TokenisedExample example) {
        return score(ExampleBatches.sequences(List.of(example)));
    }

    /** @param group scored together, if need be with others */
    private CompletionStage<List<LogProbs>> score(List<TokenSequence> group) {
        try {
            group.forEach(sequence -> sequence.requireFits(decoder.config()));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        Waiting entry = new Waiting(group, new CompletableFuture<>());
        waiting.add(entry);
        try {
            thread.execute(this::scoreWaiting);
        } catch (IllegalStateException e) {
            waiting.remove(entry);
            entry.scored().completeExceptionally(e);
        }
        return entry.scored();
    }

    @Override
    public void close() {
        thread.execute(decoder::close);
        thread.close();
    }

    private void scoreWaiting() {
        List<Waiting> together = takeTogether();
        if (together.isEmpty()) {
            return;
        }
        try {
            List<TokenSequence> sequences =
                    together.stream().flatMap(entry -> entry.group().stream()).toList();
            List<LogProbs> scores = decoder.score(sequences);
            int first = 0;
            for (Waiting entry : together) {
                int size = entry.group().size();
                entry.scored().complete(List.copyOf(scores.subList(first, first + size)));
                first += size;
            }
        } catch (Throwable e) {
            together.forEach(entry -> entry.scored().completeExceptionally(e));
        }
    }

    /**
     * The oldest waiting groups that fit the budget together, as many as make one of few sizes; a group beyond the budget alone, and
     * none if an earlier call took them all.
     */
    private List<Waiting> takeTogether() {
        List<Waiting> fitting = new ArrayList<>();
        long positions = 0;
        for (Waiting next : waiting) {
            positions += positions(next.group());
            boolean fits = settings.batching() == Batching.WAITING_GROUPS && positions <= settings.batchTokens();
            if (!fitting.isEmpty() && !fits) {
                break;
            }
            fitting.add(next);
        }
        if (fitting.isEmpty()) {
            return fitting;
        }
        List<Waiting> together = fitting.subList(0, FewSizes.atMost(fitting.size()));
        together.forEach(entry -> waiting.remove());
        return together;
    }

    private static long positions(List<TokenSequence> group) {
        return group.stream().mapToLong(TokenSequence::positions).sum();
    }

    private record Waiting(List<TokenSequence> group, CompletableFuture<List<LogProbs>> scored) {}
}
