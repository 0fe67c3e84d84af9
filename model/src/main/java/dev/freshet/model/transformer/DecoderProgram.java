package dev.freshet.model.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.TorchProgram;
import java.util.List;

/**
 * The decoder's TorchScript source made callable for one config, matrix flavour and device. A role (learner, generator, scorer) loads
 * its own. All methods must be called on an {@link dev.freshet.model.engine.EngineThread}; shapes are those of the source's comments.
 */
public final class DecoderProgram implements AutoCloseable {
    private static final String SOURCE = "decoder.torchscript";

    private final DecoderConfig config;
    private final MatrixFlavour flavour;
    private final NDManager manager;
    private final TorchProgram program;
    private final RotaryTables rotary;

    private DecoderProgram(
            DecoderConfig config, MatrixFlavour flavour, NDManager manager, TorchProgram program, RotaryTables rotary) {
        this.config = config;
        this.flavour = flavour;
        this.manager = manager;
        this.program = program;
        this.rotary = rotary;
    }

    /** @throws IllegalArgumentException if the flavour asks more of the CPU than it has */
    public static DecoderProgram load(DecoderConfig config, MatrixFlavour flavour, ComputeDevice device) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            TorchProgram program = opened.add(TorchProgram.compile(DecoderSource.of(SOURCE, config, flavour), device));
            if (flavour.isPackedInHalfPrecision()) {
                requirePacksHalf(program);
            }
            NDManager manager = opened.add(device.newManager(ArrayKind.PROGRAM));
            RotaryTables rotary = RotaryTables.create(config, manager);
            opened.keep();
            return new DecoderProgram(config, flavour, manager, program, rotary);
        }
    }

    public DecoderConfig config() {
        return config;
    }

    public MatrixFlavour flavour() {
        return flavour;
    }

    /**
     * Scores targets so that gradients reach the weights, if the thread's grad mode is on.
     *
     * @param rows the results belong to the manager of their ids
     * @param picks (targets or more,) flat positions whose next token is scored; what has no target does not matter
     * @param targets (targets,) the tokens scored
     * @param temperature scalar, or (picks, 1)
     * @param weights {@link DecoderWeights#arguments}
     * @return log-probs (targets,) and, without gradient, entropies (targets,)
     */
    public NDList tokenScores(TokenRows rows, NDArray picks, NDArray targets, NDArray temperature, NDList weights) {
        return throughLayers("token_scores", weights, rows, picks, targets, temperature);
    }

    /** As {@link #tokenScores}, and third the log-probs (targets, vocabulary) that they are taken from. */
    public NDList vocabularyScores(
            TokenRows rows, NDArray picks, NDArray targets, NDArray temperature, NDList weights) {
        return throughLayers("vocabulary_scores", weights, rows, picks, targets, temperature);
    }

    /** Log-probs (picks, vocabulary) at the picked positions; otherwise as {@link #tokenScores}. */
    public NDArray logDistributions(TokenRows rows, NDArray picks, NDArray temperature, NDList weights) {
        return throughLayers("log_distributions", weights, rows, picks, temperature)
                .singletonOrThrow();
    }

    /** What the head reads (picks, width) at the picked positions; otherwise as {@link #tokenScores}. */
    public NDArray hidden(TokenRows rows, NDArray picks, NDList weights) {
        return throughLayers("hidden", weights, rows, picks).singletonOrThrow();
    }

    /**
     * As {@link #vocabularyScores}, from what the head reads.
     *
     * @param hidden rows of {@link #hidden}, at least as many as targets
     * @param temperature scalar, or (rows, 1)
     */
    public NDList headScores(NDArray hidden, NDArray targets, NDArray temperature, NDList weights) {
        NDList arguments = new NDList(hidden, targets, temperature);
        arguments.addAll(weights);
        return program.callWithGradient("head_scores", arguments);
    }

    private NDList throughLayers(String method, NDList weights, TokenRows rows, NDArray... inputs) {
        NDList arguments = new NDList(rows.ids(), rows.layout());
        arguments.addAll(List.of(inputs));
        arguments.addAll(weights);
        arguments.add(rotary.cos());
        arguments.add(rotary.sin());
        return program.callWithGradient(method, arguments);
    }

    /**
     * One AdamW update from accumulated gradients, which are zeroed.
     *
     * @return the gradients' global norm before clipping; if it is not finite, nothing was changed
     */
    public double adamw(
            NDList weights,
            NDList firstMoments,
            NDList secondMoments,
            NDList steps,
            double learningRate,
            AdamW settings) {
        try (IValue w = TorchProgram.list(weights);
                IValue m = TorchProgram.list(firstMoments);
                IValue v = TorchProgram.list(secondMoments);
                IValue s = TorchProgram.list(steps);
                IValue lr = IValue.from(learningRate);
                IValue beta1 = IValue.from(settings.beta1());
                IValue beta2 = IValue.from(settings.beta2());
                IValue epsilon = IValue.from(settings.epsilon());
                IValue decay = IValue.from(settings.weightDecay());
                IValue maxNorm = IValue.from(settings.maxGradientNorm());
                IValue norm = program.call("adamw", w, m, v, s, lr, beta1, beta2, epsilon, decay, maxNorm)) {
            return norm.toDouble();
        }
    }

    /**
     * Moves weights along their accumulated gradients, which stay, to where the loss is the highest nearby: Foret et al. 2021,
     * "Sharpness-Aware Minimization" (arXiv 2010.01412), equation 2.
     *
     * @param aside gets the weights as they were
     * @param rho length of the move
     * @return the gradients' global norm; if it is 0 or not finite, nothing was moved
     */
    public double ascend(NDList weights, NDList aside, double rho) {
        try (IValue w = TorchProgram.list(weights);
                IValue saved = TorchProgram.list(aside);
                IValue length = IValue.from(rho);
                IValue norm = program.call("ascend", w, saved, length)) {
            return norm.toDouble();
        }
    }

    /** Makes an average of weights decay * average + (1 - decay) * weights, array by array. */
    public void average(NDList average, NDList weights, double decay) {
        try (IValue into = TorchProgram.list(average);
                IValue from = TorchProgram.list(weights);
                IValue remaining = IValue.from(decay);
                IValue averaged = program.call("average", into, from, remaining)) {
            if (averaged.toLong() != average.size()) {
                throw new IllegalStateException("averaged " + averaged.toLong() + " arrays of " + average.size());
            }
        }
    }

    /** Copies arrays pairwise, across devices if need be, in one call. */
    public void copy(NDList target, NDList source) {
        try (IValue to = TorchProgram.list(target);
                IValue from = TorchProgram.list(source);
                IValue copied = program.call("copy", to, from)) {
            if (copied.toLong() != target.size()) {
                throw new IllegalStateException("copied " + copied.toLong() + " arrays of " + target.size());
            }
        }
    }

    /**
     * The weights as this flavour's matrix products want them: the same arrays, or packed copies of the matrices.
     *
     * @param rows number of rows that products will mostly have
     * @return what is new in it belongs to {@code owner}
     */
    public NDList prepare(DecoderWeights weights, int rows, NDManager owner) {
        NDList arguments = weights.arguments();
        if (!flavour.isPacked()) {
            return arguments;
        }
        NDList prepared = new NDList();
        for (int i = 0; i < arguments.size(); i++) {
            NDArray array = arguments.get(i);
            boolean multiplied = i > 0 && array.getShape().dimension() == 2;
            prepared.add(multiplied ? pack(array, rows, owner) : array);
        }
        return prepared;
    }

    private NDArray pack(NDArray matrix, int rows, NDManager owner) {
        try (IValue source = TorchProgram.tensor(matrix);
                IValue hint = IValue.from((long) rows);
                IValue half = IValue.from(flavour.isPackedInHalfPrecision());
                IValue packed = program.call("pack", source, hint, half)) {
            NDArray result = packed.toTensor((PtNDManager) owner);
            result.setName(matrix.getName());
            return result;
        }
    }

    /** Computes a prompt's keys and values once and writes them to {@code group} cache rows from {@code firstRow} on, for each prompt. */
    public void prefill(IValue weights, IValue keys, IValue values, NDArray ids, int group, int firstRow) {
        try (IValue tokens = TorchProgram.tensor(ids);
                IValue groupSize = IValue.from((long) group);
                IValue first = IValue.from((long) firstRow);
                IValue cos = TorchProgram.tensor(rotary.cos());
                IValue sin = TorchProgram.tensor(rotary.sin());
                IValue done = program.call("prefill", weights, keys, values, tokens, groupSize, first, cos, sin)) {
            requireInteger(done);
        }
    }

    /** Runs one chunk of decoding and sampling; see {@code decode} in the source. Returns the steps taken. */
    public int decode(IValue weights, IValue keys, IValue values, DecodeChunk chunk, DecodeBuffers buffers) {
        try (IValue tokens = TorchProgram.tensor(chunk.tokens());
                IValue positions = TorchProgram.tensor(chunk.positions());
                IValue last = TorchProgram.tensor(chunk.lastPositions());
                IValue uniforms = TorchProgram.tensor(chunk.uniforms());
                IValue stops = TorchProgram.tensor(buffers.stopTokens());
                IValue longest = IValue.from((long) chunk.longest());
                IValue temperature = TorchProgram.tensor(chunk.temperature());
                IValue topK = IValue.from((long) chunk.topK());
                IValue topP = IValue.from(chunk.topP());
                IValue cos = TorchProgram.tensor(rotary.cos());
                IValue sin = TorchProgram.tensor(rotary.sin());
                IValue out = TorchProgram.tensor(buffers.tokens());
                IValue behaviour = TorchProgram.tensor(buffers.behaviour());
                IValue sampled = TorchProgram.tensor(buffers.sampled());
                IValue steps = program.call(
                        "decode",
                        weights,
                        keys,
                        values,
                        tokens,
                        positions,
                        last,
                        uniforms,
                        stops,
                        longest,
                        temperature,
                        topK,
                        topP,
                        cos,
                        sin,
                        out,
                        behaviour,
                        sampled)) {
            return requireInteger(steps);
        }
    }

    /** Copies cache rows {@code from} to rows {@code to}. */
    public void moveRows(IValue keys, IValue values, NDArray from, NDArray to) {
        try (IValue source = TorchProgram.tensor(from);
                IValue target = TorchProgram.tensor(to);
                IValue moved = program.call("move_rows", keys, values, source, target)) {
            requireInteger(moved);
        }
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }

    private static void requirePacksHalf(TorchProgram program) {
        try (IValue packsHalf = program.call("packs_half")) {
            if (!packsHalf.toBoolean()) {
                throw new IllegalArgumentException(
                        "matrix flavour bf16-packed needs a CPU with AVX-512 (bw, dq and vl),"
                                + " and this one has none; choose fp32-packed, or bf16");
            }
        }
    }

    private static int requireInteger(IValue value) {
        return Math.toIntExact(value.toLong());
    }

    /** The rotary tables (positions, head width) of a config's positions: cosines, then sines. */
    public static NDList rotaryTables(DecoderConfig config, NDManager owner) {
        RotaryTables tables = RotaryTables.create(config, owner);
        return new NDList(tables.cos(), tables.sin());
    }

    /** What one chunk of decoding starts from; n rows of the caches, from row 0. Temperature is (n, 1) or (1, 1). */
    public record DecodeChunk(
            NDArray tokens,
            NDArray positions,
            NDArray lastPositions,
            NDArray uniforms,
            int longest,
            NDArray temperature,
            int topK,
            double topP) {}

    /** Where a chunk writes: (slots, steps) each; and the stop tokens (1, stops). */
    public record DecodeBuffers(NDArray tokens, NDArray behaviour, NDArray sampled, NDArray stopTokens) {}

    /** Settings of AdamW and of the gradients' global-norm clipping. */
    public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {}
}
