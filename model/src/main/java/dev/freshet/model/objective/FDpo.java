package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.divergence.Alpha;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.PearsonChi2;
import dev.freshet.model.divergence.Scaled;
import dev.freshet.model.divergence.SoftenedReverseKl;
import dev.freshet.model.divergence.TotalVariation;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.objective.DatasetLoss.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * f-DPO: Wang et al. 2023, "Beyond Reverse KL: Generalizing Direct Preference Optimization with Diverse Divergence Constraints" (arXiv
 * 2309.16240), equation 9.
 *
 * <pre>
 *   margin = beta (f'(t chosen) - f'(t rejected)),   t = pi / p of a completion as a whole
 *   loss   = mean over pairs of -ln sigma(margin)
 *
 *   f  Regularisation.divergence    all else as in Dpo, which is the case of reverse KL, f' = ln t
 * </pre>
 *
 * <p>The partition function cancels only if the optimal policy gives no completion up, f'(0) = -Infinity: of the others the paper's
 * derivation does not hold, and they are refused. The alpha here is the paper's; newer trainers name it 1 - alpha.
 *
 * <p>Deviation. f' is read at log ratios within plus or minus logRatioClamp, beyond which it goes on as a straight line, and which is counted.
 */
public record FDpo(double logRatioClamp, Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "f-dpo";

    private static final String CLAMP = "freshet.f-dpo.log-ratio-clamp";

    /** exp(80) is the last whole power of e that float32 holds with room for a product. */
    private static final double LARGEST_LOG_RATIO = 80;

    /** To either side of a bound, for the slope at it by central differences, which are exact to nine digits then. */
    private static final double STEP = 1e-5;

    public FDpo {
        requireClamp(logRatioClamp);
        if (!hasSteepStart(divergenceOf(regularisation))) {
            throw new IllegalArgumentException("f-dpo must have a divergence with f'(0) = -Infinity, which "
                    + regularisation.spec() + " has not (freshet.divergence): its partition function would not cancel;"
                    + " choose reverse-kl, forward-kl, js-gan, alpha:A with A above 0, jeffreys, squared-hellinger,"
                    + " neyman-chi2 or softened-forward-kl");
        }
    }

    /** Reads {@code freshet.f-dpo} and the divergence of a whole configuration. */
    public static FDpo from(Config config) {
        return new FDpo(clamp(config), Regularisation.from(config));
    }

    /** Its setting, which must be good also while another objective is in force. */
    static double clamp(Config config) {
        return requireClamp(config.getDouble(CLAMP));
    }

    private static double requireClamp(double clamp) {
        if (!(clamp > 0 && clamp <= LARGEST_LOG_RATIO)) {
            throw new IllegalArgumentException(
                    "log-ratio-clamp must be above 0 and at most 80 nats, was " + clamp + " (" + CLAMP + ")");
        }
        return clamp;
    }

    private static FDivergence divergenceOf(Regularisation regularisation) {
        return regularisation
                .divergence()
                .orElseThrow(() -> new IllegalArgumentException(
                        "f-dpo must have a divergence, had none (freshet.divergence): choose one"));
    }

    private static boolean hasSteepStart(FDivergence divergence) {
        if (divergence instanceof Scaled scaled) {
            return hasSteepStart(scaled.divergence());
        }
        if (divergence instanceof Alpha alpha) {
            return alpha.alpha() > 0;
        }
        return !(divergence instanceof TotalVariation
                || divergence instanceof PearsonChi2
                || divergence instanceof SoftenedReverseKl);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ExampleKind feedsOn() {
        return ExampleKind.PREFERENCE;
    }

    @Override
    public FDpo withRegularisation(Regularisation replacement) {
        return new FDpo(logRatioClamp, replacement);
    }

    @Override
    public boolean needsReference() {
        return true;
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        return ExampleMeans.weights(examples.size());
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        PreferencePairs pairs = PreferencePairs.of(NAME, batch, current);
        NDArray margin = pairs.margin(this::link, regularisation.coefficient());
        DatasetLoss loss = pairs.loss(PreferencePairs.logistic(margin), margin, regularisation.coefficient());
        Map<String, Measure> measures = new LinkedHashMap<>(loss.measures());
        measures.put("clamped_log_ratios", Measure.share(clamped(pairs.chosen()).beyond(), margin));
        return new DatasetLoss(loss.loss(), measures);
    }

    private NDArray link(NDArray logRatio) {
        FDivergence divergence = divergenceOf(regularisation);
        ClampedInput clamped = clamped(logRatio);
        NDArray read = divergence.derivative(clamped.value());
        double[] places = {-logRatioClamp - STEP, -logRatioClamp + STEP, logRatioClamp - STEP, logRatioClamp + STEP};
        double[] around = divergence
                .derivative(OwnedArray.of(places, logRatio.getManager()))
                .toDoubleArray();
        return clamped.straight(read, (around[1] - around[0]) / (2 * STEP), (around[3] - around[2]) / (2 * STEP));
    }

    private ClampedInput clamped(NDArray logRatio) {
        return ClampedInput.of(logRatio, -logRatioClamp, logRatioClamp);
    }
}
