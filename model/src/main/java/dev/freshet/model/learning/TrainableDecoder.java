package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.objective.ExampleScores;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.weights.Proposal;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;

/**
 * A decoder's weights with their gradients and optimizer state, all in native memory that this object owns. All methods must be
 * called on one {@link dev.freshet.model.engine.EngineThread}, whose grad mode this object turns on.
 *
 * <p>Gradients accumulate from one {@link ScoredTokens#backward} to the next until {@link #update} uses them or {@link #discardGradients}
 * drops them.
 */
final class TrainableDecoder implements AutoCloseable {
    private final DecoderProgram program;
    private DecoderWeights weights;
    private OptimizerState optimizer;
    private final NDManager batches;
    private final TrainedParameters trained;

    private TrainableDecoder(
            DecoderProgram program,
            DecoderWeights weights,
            OptimizerState optimizer,
            NDManager batches,
            TrainedParameters trained) {
        this.trained = trained;
        this.program = program;
        this.weights = weights;
        this.optimizer = optimizer;
        this.batches = batches;
    }

    /**
     * @param weights become this object's
     * @param optimizer tensors of {@link #optimizer}, or none for a fresh optimizer
     */
    static TrainableDecoder create(
            ComputeSettings compute, DecoderWeights weights, List<TensorData> optimizer, TrainedParameters trained) {
        DecoderConfig config = weights.config();
        try (OpenedSoFar opened = new OpenedSoFar()) {
            opened.add(weights);
            OptimizerState state = opened.add(OptimizerState.of(config, compute.device(), optimizer));
            DecoderProgram program = opened.add(DecoderProgram.load(config, compute.flavour(), compute.device()));
            NDManager batches = opened.add(compute.device().newManager(ArrayKind.BATCH));
            requireGradients(weights, trained);
            JniUtils.setGradMode(true);
            opened.keep();
            return new TrainableDecoder(program, weights, state, batches, trained);
        }
    }

    DecoderConfig config() {
        return weights.config();
    }

    /** A new owner for the arrays of one micro-batch, which the caller closes in the same method. */
    NDManager newBatchManager() {
        return batches.newSubManager();
    }

    /** Scores a micro-batch so that gradients can be had. */
    ScoredTokens score(PackedSequences batch) {
        NDList scores = program.tokenScores(
                batch.rows(), batch.picks(), batch.targets(), batch.temperature(), weights.arguments());
        return new WholeScores(new TokenScores(scores.get(0), scores.get(1), null));
    }

    /**
     * The same of examples of a dataset.
     *
     * @param distributions whether those of the whole vocabulary are wanted, which takes tokens times vocabulary of memory
     */
    ExampleScores scoreExamples(PackedSequences batch, boolean distributions) {
        NDList scores = distributions
                ? program.vocabularyScores(
                        batch.rows(), batch.picks(), batch.targets(), batch.temperature(), weights.arguments())
                : program.tokenScores(
                        batch.rows(), batch.picks(), batch.targets(), batch.temperature(), weights.arguments());
        return new ExampleScores(scores.get(0), scores.get(1), distributions ? scores.get(2) : null);
    }

    /**
     * The same with the divergence from an anchor, summed over the vocabulary.
     *
     * @param logitsAtOnce log-probs that are held at once; more go in chunks of tokens
     */
    ScoredTokens score(PackedSequences batch, VocabularyAnchor anchor, int logitsAtOnce) {
        int picksAtOnce = Math.max(1, logitsAtOnce / config().vocabulary());
        if (batch.picks().size() > picksAtOnce) {
            return new ChunkedScores(program, weights.arguments(), batch, anchor, picksAtOnce);
        }
        NDList scores = program.vocabularyScores(
                batch.rows(), batch.picks(), batch.targets(), batch.temperature(), weights.arguments());
        NDArray divergence = anchor.of(scores.get(2), anchor.reference().rows(batch));
        return new WholeScores(new TokenScores(scores.get(0), scores.get(1), divergence));
    }

    /** Log-probs of each sequence's completion, in the sequences' order, without a graph. */
    List<LogProbs> logProbs(List<TokenSequence> sequences, int tokenBudget) {
        JniUtils.setGradMode(false);
        try {
            return CompletionScores.of(sequences, program, weights.arguments(), tokenBudget, batches);
        } finally {
            JniUtils.setGradMode(true);
        }
    }

    /**
     * One update from the accumulated gradients, which are zeroed.
     *
     * @return their global norm before clipping; if it is not finite, no weight and no moment was changed
     */
    double update(double learningRate, AdamW settings) {
        List<String> names = weights.names();
        return program.adamw(
                trained.of(weights.parameters(), names),
                trained.of(optimizer.firstMoments(), names),
                trained.of(optimizer.secondMoments(), names),
                trained.of(optimizer.steps(), names),
                learningRate,
                settings);
    }

    void discardGradients() {
        for (NDArray parameter : weights.parameters()) {
            PtNDArray gradient = JniUtils.getGradient((PtNDArray) parameter);
            if (gradient != null) {
                gradient.close();
                JniUtils.zeroGrad((PtNDArray) parameter);
            }
        }
    }

    /** @param sampled by generators from then on */
    void publish(PolicyVersion version, WeightRegistry registry, Proposal sampled) {
        registry.publish(version, weights, program, sampled);
    }

    /**
     * Publishes other weights, and takes them and their optimizer state in place of its own. Failure changes nothing.
     *
     * @throws IllegalArgumentException if the state's tensors are not those of the decoder
     */
    void restore(ComputeSettings compute, LearnerSnapshot state, WeightRegistry registry) {
        DecoderConfig config = config();
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights others =
                    opened.add(DecoderWeights.of(config, compute.device(), ArrayKind.PARAMETERS, state.weights()));
            OptimizerState moments = opened.add(OptimizerState.of(config, compute.device(), state.optimizer()));
            requireGradients(others, trained);
            registry.publish(state.version(), others, program);
            opened.keep();
            optimizer.close();
            weights.close();
            weights = others;
            optimizer = moments;
        }
    }

    /** Makes what is trained a leaf of autograd. */
    private static void requireGradients(DecoderWeights weights, TrainedParameters trained) {
        trained.of(weights.parameters(), weights.names()).forEach(parameter -> parameter.setRequiresGradient(true));
    }

    /** Size of a published version. */
    long publishedBytes() {
        return weights.size() * Float.BYTES;
    }

    /** A copy of the weights in host memory. */
    List<TensorData> weights() {
        return weights.toTensors();
    }

    /** A copy of the optimizer's state in host memory. */
    List<TensorData> optimizer() {
        return optimizer.toTensors();
    }

    @Override
    public void close() {
        batches.close();
        optimizer.close();
        weights.close();
        program.close();
    }
}
