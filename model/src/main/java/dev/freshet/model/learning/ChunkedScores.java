package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.transformer.DecoderProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * A micro-batch over a vocabulary so large that not all of its log-probs are to be held at once: a chunk of tokens at a time, forward
 * without a graph, and once more with one on the way back, when the loss's gradients at the scores are known. What is held in between
 * is what the heads of policy and reference read, (picks, width) each, and a few numbers a token.
 */
final class ChunkedScores implements ScoredTokens {
    private final DecoderProgram program;
    private final NDList weights;
    private final PackedSequences batch;
    private final VocabularyAnchor anchor;
    private final NDArray hidden;
    private final NDArray hiddenFixed;
    private final NDArray hiddenOfAnchor;
    private final List<Chunk> chunks;
    private final TokenScores scores;

    /** Picked positions from the first on, of which the first {@code tokens} have a target. */
    private record Chunk(int first, int picks, int tokens) {
        String rows() {
            return first + ":" + (first + picks);
        }

        String scored() {
            return first + ":" + (first + tokens);
        }
    }

    /** @param atOnce picked positions of a chunk, at least 1 */
    ChunkedScores(DecoderProgram program, NDList weights, PackedSequences batch, VocabularyAnchor anchor, int atOnce) {
        this.program = program;
        this.weights = weights;
        this.batch = batch;
        this.anchor = anchor;
        this.hidden = program.hidden(batch.rows(), batch.picks(), weights);
        this.hiddenFixed = hidden.stopGradient();
        this.hiddenOfAnchor = anchor.reference().hidden(batch);
        this.chunks = chunks((int) batch.picks().size(), (int) batch.targets().size(), atOnce);
        this.scores = forward();
    }

    private static List<Chunk> chunks(int picks, int tokens, int atOnce) {
        List<Chunk> chunks = new ArrayList<>();
        for (int first = 0; first < tokens; first += atOnce) {
            chunks.add(new Chunk(first, Math.min(atOnce, picks - first), Math.min(atOnce, tokens - first)));
        }
        return chunks;
    }

    @Override
    public TokenScores scores() {
        return scores;
    }

    private TokenScores forward() {
        NDManager owner = hidden.getManager();
        NDList logProbs = new NDList();
        NDList entropies = new NDList();
        NDList divergences = new NDList();
        JniUtils.setGradMode(false);
        try {
            for (Chunk chunk : chunks) {
                try (NDManager scratch = owner.newSubManager()) {
                    NDList policy = policy(slice(hiddenFixed, chunk.rows(), scratch), chunk, scratch);
                    NDArray divergence = divergence(policy, chunk, scratch);
                    logProbs.add(kept(policy.get(0), owner));
                    entropies.add(kept(policy.get(1), owner));
                    divergences.add(kept(divergence, owner));
                }
            }
            return new TokenScores(
                    leaf(NDArrays.concat(logProbs)), NDArrays.concat(entropies), leaf(NDArrays.concat(divergences)));
        } finally {
            JniUtils.setGradMode(true);
        }
    }

    @Override
    public void backward(NDArray loss) {
        NDManager owner = hidden.getManager();
        Gradients.accumulate(loss);
        NDArray ofLogProbs = scores.logProbs().getGradient();
        NDArray ofDivergences = leafOfDivergence().getGradient();
        NDList ofHidden = new NDList();
        for (Chunk chunk : chunks) {
            try (NDManager scratch = owner.newSubManager()) {
                NDArray read = leaf(slice(hiddenFixed, chunk.rows(), scratch));
                NDList policy = policy(read, chunk, scratch);
                NDArray divergence = divergence(policy, chunk, scratch);
                Gradients.accumulate(policy.get(0)
                        .mul(slice(ofLogProbs, chunk.scored(), scratch))
                        .add(divergence.mul(slice(ofDivergences, chunk.scored(), scratch)))
                        .sum());
                ofHidden.add(kept(read.getGradient(), owner));
            }
        }
        NDArray gradient = NDArrays.concat(ofHidden);
        NDArray covered = hidden.get(new NDIndex(":" + gradient.getShape().get(0)));
        JniUtils.backward((PtNDArray) covered, (PtNDArray) gradient, false, false);
    }

    private NDArray leafOfDivergence() {
        NDArray divergence = scores.divergence();
        if (divergence == null) {
            throw new IllegalStateException("scores of chunks have a divergence");
        }
        return divergence;
    }

    /** Log-probs and entropies of the chunk's targets, and its log-probs (tokens, vocabulary). */
    private NDList policy(NDArray read, Chunk chunk, NDManager scratch) {
        NDArray targets = slice(batch.targets(), chunk.scored(), scratch);
        return program.headScores(read, targets, temperature(chunk, scratch), weights);
    }

    private NDArray divergence(NDList policy, Chunk chunk, NDManager scratch) {
        NDArray read = slice(hiddenOfAnchor, chunk.rows(), scratch);
        NDArray targets = slice(batch.targets(), chunk.scored(), scratch);
        NDArray reference = anchor.reference().headRows(read, targets, temperature(chunk, scratch));
        return anchor.of(policy.get(2), reference);
    }

    private NDArray temperature(Chunk chunk, NDManager scratch) {
        NDArray temperature = batch.temperature();
        return temperature.getShape().dimension() == 0 ? temperature : slice(temperature, chunk.rows(), scratch);
    }

    /** What is computed from it belongs to {@code scratch}, too. */
    private static NDArray slice(NDArray rows, String range, NDManager scratch) {
        NDArray slice = rows.get(new NDIndex(range));
        slice.attach(scratch);
        return slice;
    }

    private static NDArray kept(NDArray array, NDManager owner) {
        array.attach(owner);
        return array;
    }

    private static NDArray leaf(NDArray array) {
        array.setRequiresGradient(true);
        return array;
    }
}
