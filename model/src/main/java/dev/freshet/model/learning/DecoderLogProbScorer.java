package dev.freshet.model.learning;

import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.engine.WaitingRequests;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A {@link LogProbScorer} of a decoder whose weights never change. */
public final class DecoderLogProbScorer implements LogProbScorer {
    private final EngineThread thread;
    private final ScorerSettings settings;
    private final FrozenDecoder decoder;
    private final WaitingRequests<List<TokenSequence>, List<LogProbs>> waiting;

    private DecoderLogProbScorer(EngineThread thread, ScorerSettings settings, FrozenDecoder decoder) {
        this.thread = thread;
        this.settings = settings;
        this.decoder = decoder;
        this.waiting = new WaitingRequests<>(thread, this::fitting, this::scoreTogether);
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

    /** @param group scored together, and with others that wait */
    private CompletionStage<List<LogProbs>> score(List<TokenSequence> group) {
        try {
            group.forEach(sequence -> sequence.requireFits(decoder.config()));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return waiting.ask(group);
    }

    @Override
    public void close() {
        thread.execute(decoder::close);
        thread.close();
    }

    private List<List<LogProbs>> scoreTogether(List<List<TokenSequence>> groups) {
        List<LogProbs> scores =
                decoder.score(groups.stream().flatMap(List::stream).toList());
        List<List<LogProbs>> ofGroups = new ArrayList<>();
        int first = 0;
        for (List<TokenSequence> group : groups) {
            ofGroups.add(List.copyOf(scores.subList(first, first + group.size())));
            first += group.size();
        }
        return ofGroups;
    }

    /** As many as fit the budget, of those as many as make one of few sizes; a group beyond the budget alone. */
    private int fitting(List<List<TokenSequence>> groups) {
        if (settings.batching() == Batching.GROUP_ALONE) {
            return 1;
        }
        int fitting = 0;
        long positions = 0;
        for (List<TokenSequence> group : groups) {
            positions += positions(group);
            if (fitting > 0 && positions > settings.batchTokens()) {
                break;
            }
            fitting++;
        }
        return FewSizes.atMost(fitting);
    }

    private static long positions(List<TokenSequence> group) {
        return group.stream().mapToLong(TokenSequence::positions).sum();
    }
}
