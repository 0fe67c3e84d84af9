package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.ForwardKl;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.objective.DatasetLoss.Measure;
import java.util.List;

/**
 * One of the methods that FLAT is compared with.
 *
 * <pre>
 *   loss = sum over examples of weight * (method + retainCoefficient * K)
 *   K    = mean over tokens of the retained answer of t - 1 - ln t,   t = pi / ref      of gradient-ascent-kl alone
 * </pre>
 *
 * <p>Deviation. TOFU sums the KL over the vocabulary at each token of the retained answer; here each token stands for a sample of the
 * reference at its state, as in rehearsal, which needs no second model in memory.
 *
 * @param regularisation not in use
 */
public record BaselineUnlearning(
        UnlearningBaseline baseline, UnlearningSettings settings, Regularisation regularisation)
        implements DatasetObjective, UnlearningLoss {
    private static final int RETAIN = 2;

    /** In nats, far beyond what a step can move. */
    private static final double LOG_RATIO_CLAMP = 20;

    /** Reads {@code freshet.unlearning} of a whole configuration. */
    public static BaselineUnlearning from(Config config, UnlearningBaseline baseline) {
        return new BaselineUnlearning(baseline, UnlearningSettings.from(config), Regularisation.from(config));
    }

    @Override
    public String name() {
        return baseline.spec();
    }

    @Override
    public ExampleKind feedsOn() {
        return baseline.kind();
    }

    @Override
    public BaselineUnlearning withRegularisation(Regularisation replacement) {
        regularisation.requireSameDivergence(replacement, name(), FlatUnlearning.NAME);
        return new BaselineUnlearning(baseline, settings, replacement);
    }

    @Override
    public String divergenceInUse() {
        return Regularisation.NONE;
    }

    @Override
    public boolean needsReference() {
        return baseline.needsReference();
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        return ExampleMeans.weights(examples.size());
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        DatasetLoss loss = UnlearningBatch.of(batch, current).loss(this);
        if (baseline.kind() != ExampleKind.FORGET_AND_RETAIN) {
            return loss;
        }
        NDArray logRatio = current.logProbs().sub(batch.requireReference(name()));
        NDArray kl = batch.of(batch.segments().mean(perToken(logRatio)), RETAIN); // (examples,)
        NDArray sum = kl.mul(batch.weight()).sum();
        return loss.plus(Scalars.times(sum, settings.retainCoefficient())).and("retain_divergence", Measure.mean(kl));
    }

    private static NDArray perToken(NDArray logRatio) {
        ClampedInput clamped = ClampedInput.of(logRatio, -LOG_RATIO_CLAMP, LOG_RATIO_CLAMP);
        return DivergenceEstimators.fromAnchor(new ForwardKl(), clamped.value());
    }

    @Override
    public NDArray perExample(AnswerScores forget, AnswerScores template) {
        return baseline.perExample(forget, template, settings.beta());
    }
}
