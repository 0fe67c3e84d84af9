package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.List;

/** A decoder whose weights never change, in native memory that this object owns. All methods run on one engine thread. */
final class FrozenDecoder implements AutoCloseable {
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
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights weights =
                    opened.add(DecoderWeights.of(config, compute.device(), ArrayKind.REFERENCE, tensors));
            DecoderProgram program = opened.add(DecoderProgram.load(config, compute.flavour(), compute.device()));
            NDManager manager = opened.add(compute.device().newManager(ArrayKind.REFERENCE));
            NDList prepared = program.prepare(weights, settings.batchTokens(), manager);
            opened.keep();
            return new FrozenDecoder(program, weights, manager, prepared, settings);
        }
    }

    DecoderConfig config() {
        return program.config();
    }

    /** Log-probs of each sequence's completion, in the sequences' order. */
    List<LogProbs> score(List<TokenSequence> sequences) {
        return CompletionScores.of(sequences, program, prepared, settings.batchTokens(), manager);
    }

    /** What the head reads at a batch's picks (picks, width). */
    NDArray hidden(PackedSequences batch) {
        return program.hidden(batch.rows(), batch.picks(), prepared);
    }

    /** Log-probs (targets, vocabulary) from some of the rows of {@link #hidden}. */
    NDArray headRows(NDArray hidden, NDArray targets, NDArray temperature) {
        return program.headScores(hidden, targets, temperature, prepared).get(2);
    }

    @Override
    public void close() {
        manager.close();
        weights.close();
        program.close();
    }
}
