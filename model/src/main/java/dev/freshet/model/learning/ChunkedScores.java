package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.learning.VocabularyTerm.OfBatch;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.transformer.DecoderProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A micro-batch over a vocabulary so large that not all of its log-probs are to be held at once: a chunk of tokens at a time, forward
 * without a graph, and once more with one on the way back, when the loss's gradients at the scores are known. What is held in between
 * is what the heads of policy and reference read, (picks, width) each, and a few numbers a token.
 */
final class ChunkedScores implements ScoredTokens {
    private final DecoderProgram program;
    private final NDList weights;
    private final PackedSequences batch;
    private final List<OfBatch> terms;
    private final NDArray hidden;
    private final NDArray hiddenFixed;
    private final List<TokenRange> chunks;

    /** (tokens,) of each term. */
    private final NDList ofTerms = new NDList();

    private final TokenScores scores;
    private final Optional<NDArray> trajectory;

    /** @param atOnce picked positions of a chunk, at least 1 */
    ChunkedScores(DecoderProgram program, NDList weights, PackedSequences batch, VocabularyTerms terms, int atOnce) {
        this.program = program;
        this.weights = weights;
        this.batch = batch;
        this.hidden = program.hidden(batch.rows(), batch.picks(), weights);
        this.hiddenFixed = hidden.stopGradient();
        this.terms = terms.of(batch);
        this.chunks = chunks((int) batch.picks().size(), (int) batch.targets().size(), atOnce);
        NDList ofPolicy = forward();
        this.scores = new TokenScores(ofPolicy.get(0), ofPolicy.get(1), terms.divergence(ofTerms));
        this.trajectory = terms.trajectory(ofTerms);
    }

    private static List<TokenRange> chunks(int picks, int tokens, int atOnce) {
        List<TokenRange> chunks = new ArrayList<>();
        for (int first = 0; first < tokens; first += atOnce) {
            chunks.add(new TokenRange(first, Math.min(atOnce, picks - first), Math.min(atOnce, tokens - first)));
        }
        return chunks;
    }

    @Override
    public TokenScores scores() {
        return scores;
    }

    @Override
    public Optional<NDArray> trajectory() {
        return trajectory;
    }

    /** Fills the terms; log-probs and entropies of all tokens. */
    private NDList forward() {
        NDManager owner = hidden.getManager();
        NDList logProbs = new NDList();
        NDList entropies = new NDList();
        List<NDList> perTerm = new ArrayList<>();
        terms.forEach(term -> perTerm.add(new NDList()));
        boolean differentiable = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            for (TokenRange chunk : chunks) {
                try (NDManager scratch = owner.newSubManager()) {
                    NDList policy = policy(chunk.ofPicks(hiddenFixed, scratch), chunk, scratch);
                    for (int term = 0; term < terms.size(); term++) {
                        NDArray value = terms.get(term).at(chunk, policy.get(2));
                        perTerm.get(term).add(kept(value, owner));
                    }
                    logProbs.add(kept(policy.get(0), owner));
                    entropies.add(kept(policy.get(1), owner));
                }
            }
            perTerm.forEach(values -> ofTerms.add(leaf(NDArrays.concat(values))));
            return new NDList(leaf(NDArrays.concat(logProbs)), NDArrays.concat(entropies));
        } finally {
            JniUtils.setGradMode(differentiable);
        }
    }

    @Override
    public void backward(NDArray loss) {
        NDManager owner = hidden.getManager();
        Gradients.accumulate(loss);
        NDArray atLogProbs = scores.logProbs().getGradient();
        NDList atTerms = new NDList();
        ofTerms.forEach(values -> atTerms.add(values.getGradient()));
        NDList ofHidden = new NDList();
        for (TokenRange chunk : chunks) {
            try (NDManager scratch = owner.newSubManager()) {
                NDArray read = leaf(chunk.ofPicks(hiddenFixed, scratch));
                NDList policy = policy(read, chunk, scratch);
                NDArray sum = policy.get(0).mul(chunk.ofTokens(atLogProbs, scratch));
                for (int term = 0; term < terms.size(); term++) {
                    NDArray value = terms.get(term).at(chunk, policy.get(2));
                    sum = sum.add(value.mul(chunk.ofTokens(atTerms.get(term), scratch)));
                }
                Gradients.accumulate(sum.sum());
                ofHidden.add(kept(read.getGradient(), owner));
            }
        }
        NDArray gradient = NDArrays.concat(ofHidden);
        NDArray covered = hidden.get(new NDIndex(":" + gradient.getShape().get(0)));
        JniUtils.backward((PtNDArray) covered, (PtNDArray) gradient, false, false);
    }

    /** Log-probs and entropies of the chunk's targets, and its log-probs (tokens, vocabulary). */
    private NDList policy(NDArray read, TokenRange chunk, NDManager scratch) {
        return program.headScores(
                read,
                chunk.ofTokens(batch.targets(), scratch),
                chunk.ofTemperature(batch.temperature(), scratch),
                weights);
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
