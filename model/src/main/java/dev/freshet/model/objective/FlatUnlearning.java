package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.divergence.FDivergence;
import java.util.List;

/**
 * FLAT, Wang et al. 2024, "LLM Unlearning via Loss Adjustment with Only Forget Data" (ICLR 2025, arXiv 2410.11143): maximises a
 * variational bound of D_f(template || forget), with neither a retain set nor a reference.
 *
 * <pre>
 *   L    = -g(P_e) + f*(g(P_f))        of one example
 *   loss = sum over examples of weight * L
 *
 *   P_e  AnswerScores.meanProbability of the template       g   FDivergence.activation
 *   P_f  the same of the answer to be forgotten             f*  FDivergence.conjugateOfActivation is f*(g)
 * </pre>
 *
 * <p>The paper's ratio is template over forget, as if the template were our model: its "KL" is our reverse KL, its "Reverse-KL" our
 * forward KL, its JS our {@code js-gan}.
 *
 * <p>Deviations. The released code has decreasing activations, -e^v and 1 - e^v, for Reverse-KL, squared Hellinger and Neyman, under
 * which descending the loss teaches the answer that is to be forgotten; here g increases for every divergence, so that
 * {@code dL/dP_e < 0 < dL/dP_f}. It approximates Jeffreys' conjugate by three terms of its series; here it is exact. And it averages over
 * the padding of the whole batch, which dilutes P and couples the rows; here each answer has a mean of its own.
 *
 * <p>Since dP = P d ln P, a template that the model finds next to impossible has no gradient: the measure {@code template_probability}
 * should be above a thousandth from the start.
 *
 * @param regularisation its divergence is f; there is no reference for its coefficient to hold to
 */
public record FlatUnlearning(Regularisation regularisation) implements DatasetObjective, UnlearningLoss {
    static final String NAME = "flat";

    public FlatUnlearning {
        if (regularisation.divergence().isEmpty()) {
            throw new IllegalArgumentException("objective " + NAME + " needs a divergence, had none"
                    + " (freshet.divergence): its authors' choice is tv");
        }
    }

    /** Reads the divergence of a whole configuration. */
    public static FlatUnlearning from(Config config) {
        return new FlatUnlearning(Regularisation.from(config));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ExampleKind feedsOn() {
        return ExampleKind.FORGET_PAIR;
    }

    @Override
    public FlatUnlearning withRegularisation(Regularisation replacement) {
        return new FlatUnlearning(replacement);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        return ExampleMeans.weights(examples.size());
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        return UnlearningBatch.of(batch, current).loss(this);
    }

    @Override
    public NDArray perExample(AnswerScores forget, AnswerScores template) {
        FDivergence divergence = regularisation.divergence().orElseThrow();
        NDArray bound = divergence
                .activation(template.meanProbability())
                .sub(divergence.conjugateOfActivation(forget.meanProbability())); // (examples,)
        return bound.neg();
    }
}
