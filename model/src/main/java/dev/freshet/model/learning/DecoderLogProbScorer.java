package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

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
            FrozenDecoder decoder = thread.call(() -> FrozenDecoder.load(config, settings, weights));
            return new DecoderLogProbScorer(thread, settings, decoder);
        } catch (RuntimeException | InterruptedException e) {
            thread.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
        Waiting entry = new Waiting(group, new CompletableFuture<>());
        waiting.add(entry);
        thread.execute(this::scoreWaiting);
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
            List<TokenSequence> sequences = together.stream()
                    .flatMap(entry -> sequences(entry.group()).stream())
                    .toList();
            List<LogProbs> scores = decoder.score(sequences);
            int first = 0;
            for (Waiting entry : together) {
                int rollouts = entry.group().rollouts().size();
                entry.scored().complete(List.copyOf(scores.subList(first, first + rollouts)));
                first += rollouts;
            }
        } catch (RuntimeException e) {
            together.forEach(entry -> entry.scored().completeExceptionally(e));
        }
    }

    /** The oldest waiting group, and those behind it that fit the budget with it; none if an earlier call took them all. */
    private List<Waiting> takeTogether() {
        List<Waiting> together = new ArrayList<>();
        long positions = 0;
        Waiting next = waiting.peek();
        while (next != null) {
            positions += positions(next.group());
            boolean another = settings.batching() == Batching.WAITING_GROUPS && positions <= settings.batchTokens();
            if (!together.isEmpty() && !another) {
                break;
            }
            together.add(next);
            waiting.remove();
            next = waiting.peek();
        }
        return together;
    }

    private static long positions(RolloutGroup group) {
        return sequences(group).stream().mapToLong(TokenSequence::positions).sum();
    }

    private static List<TokenSequence> sequences(RolloutGroup group) {
        return group.rollouts().stream()
                .map(Rollout::completion)
                .map(completion -> new TokenSequence(group.prompt().tokens(), completion))
                .toList();
    }

    private record Waiting(RolloutGroup group, CompletableFuture<List<LogProbs>> scored) {}

    /** The native part; all methods run on the scorer's thread. */
    private static final class FrozenDecoder implements AutoCloseable {
        private final DecoderProgram program;
        private final DecoderWeights weights;
        private final NDManager manager;
        private final NDList prepared;
        private final ScorerSettings settings;

        private FrozenDecoder(
                DecoderProgram program,
                DecoderWeights weights,
                NDManager manager,
                NDList prepared,
                ScorerSettings settings) {
            this.program = program;
            this.weights = weights;
            this.manager = manager;
            this.prepared = prepared;
            this.settings = settings;
        }

        static FrozenDecoder load(DecoderConfig config, ScorerSettings settings, List<TensorData> tensors) {
            ComputeSettings compute = settings.compute();
            DecoderWeights weights = DecoderWeights.of(config, compute.device(), tensors);
            DecoderProgram program = DecoderProgram.load(config, compute.flavour(), compute.device());
            NDManager manager = compute.device().newManager();
            NDList prepared = program.prepare(weights, settings.batchTokens(), manager);
            return new FrozenDecoder(program, weights, manager, prepared, settings);
        }

        /** Log-probs of each sequence's completion, in the sequences' order. */
        List<LogProbs> score(List<TokenSequence> sequences) {
            LogProbs[] scores = new LogProbs[sequences.size()];
            for (List<Integer> microBatch : MicroBatches.cut(sequences, settings.batchTokens())) {
                float[] values =
                        scoreTogether(microBatch.stream().map(sequences::get).toList());
                int first = 0;
                for (int index : microBatch) {
                    int end = first + sequences.get(index).completion().size();
                    scores[index] = LogProbs.of(Arrays.copyOfRange(values, first, end));
                    first = end;
                }
            }
            return IntStream.range(0, scores.length).mapToObj(i -> scores[i]).toList();
        }

        private float[] scoreTogether(List<TokenSequence> sequences) {
            try (NDManager owner = manager.newSubManager()) {
                PackedSequences packed = PackedSequences.of(sequences, owner);
                NDArray temperature = owner.create((float) settings.temperature());
                NDList scores =
                        program.tokenScores(packed.ids(), packed.picks(), packed.targets(), temperature, prepared);
                return scores.get(0).toFloatArray();
            }
        }

        @Override
        public void close() {
            manager.close();
            weights.close();
            program.close();
        }
    }
}
