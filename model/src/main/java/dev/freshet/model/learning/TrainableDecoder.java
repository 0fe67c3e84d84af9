package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
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
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private final ComputeDevice device;
    private @Nullable DecoderWeights aside;

    private TrainableDecoder(
            ComputeDevice device,
            DecoderProgram program,
            DecoderWeights weights,
            OptimizerState optimizer,
            NDManager batches,
            TrainedParameters trained) {
        this.device = device;
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
            return new TrainableDecoder(compute.device(), program, weights, state, batches, trained);
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
        return new WholeScores(new TokenScores(scores.get(0), scores.get(1), null), Optional.empty());
    }

    /**
     * The same with what is made of the policy's whole distributions.
     *
     * @param logitsAtOnce log-probs that are held at once; more go in chunks of tokens
     */
    ScoredTokens score(PackedSequences batch, VocabularyTerms terms, int logitsAtOnce) {
        if (terms.isEmpty()) {
            return score(batch);
        }
        int picksAtOnce = Math.max(1, logitsAtOnce / config().vocabulary());
        if (batch.picks().size() > picksAtOnce) {
            return new ChunkedScores(program, weights.arguments(), batch, terms, picksAtOnce);
        }
        NDList scores = vocabularyScores(batch);
        NDList ofTerms = new NDList();
        terms.of(batch).forEach(term -> ofTerms.add(term.at(TokenRange.all(batch), scores.get(2))));
        return new WholeScores(
                new TokenScores(scores.get(0), scores.get(1), terms.divergence(ofTerms)), terms.trajectory(ofTerms));
    }

    /** Log-probs and entropies as {@link #score} has them, and third the log-probs (tokens, vocabulary) that they are taken from. */
    NDList vocabularyScores(PackedSequences batch) {
        return program.vocabularyScores(
                batch.rows(), batch.picks(), batch.targets(), batch.temperature(), weights.arguments());
    }

    /** Log-probs of each sequence's completion, in the sequences' order, without a graph. */
    List<LogProbs> logProbs(List<TokenSequence> sequences, int tokenBudget) {
        return withoutGraph(() -> CompletionScores.of(sequences, program, weights.arguments(), tokenBudget, batches));
    }

    /** Computes what no gradient is wanted of. */
    <T> T withoutGraph(Supplier<T> work) {
        JniUtils.setGradMode(false);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(true);
        }
    }

    /**
     * Does something at weights that are moved by {@code rho} along the accumulated gradients, which stay, and moves them back, bit for
     * bit. Where the gradients' norm is 0 or not finite, they are not moved.
     */
    double moved(double rho, DoubleSupplier work) {
        List<String> names = weights.names();
        NDList moving = trained.of(weights.parameters(), names);
        NDList before = trained.of(aside().parameters(), names);
        program.ascend(moving, before, rho);
        try {
            return work.getAsDouble();
        } finally {
            program.copy(moving, before);
        }
    }

    /** Where weights are kept while they are moved, from the first time on. */
    private DecoderWeights aside() {
        DecoderWeights kept = aside;
        if (kept == null) {
            kept = DecoderWeights.zeros(config(), device, ArrayKind.PARAMETERS);
            aside = kept;
        }
        return kept;
    }

    /** Makes an average of weights decay * average + (1 - decay) * these. */
    void average(DecoderWeights average, double decay) {
        program.average(average.parameters(), weights.parameters(), decay);
    }

    /** The program that this decoder's weights go through; it stays this object's. */
    DecoderProgram program() {
        return program;
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
        if (aside != null) {
            aside.close();
        }
        batches.close();
        optimizer.close();
        weights.close();
        program.close();
    }
}
