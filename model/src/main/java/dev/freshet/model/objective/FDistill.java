package dev.freshet.model.objective;

import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import com.typesafe.config.Config;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.SmoothDivergence;
import dev.freshet.model.engine.OwnedArray;
import java.util.stream.DoubleStream;

/**
 * f-distill: "One-step Diffusion Models with f-Divergence Distribution Matching" (Xu, Nie and Vahdat 2025, arXiv 2502.15681). A student
 * G(z) of one step is brought near a diffusion teacher in any f-divergence, at all noise levels at once:
 *
 * <pre>
 *   grad D_f = -E[ h(r) (score_teacher(x) - score_fake(x)) dG / dtheta ]       x = G(z) + sigma eps
 *   h(r)     = t f''(t) at t = 1 / r, which they write r^2 f''(r)              r = teacher / student at x
 * </pre>
 *
 * <p>Their r is the inverse of our t, and their f(r) under the student is our t f(1/t) under the teacher, so that a divergence here is
 * theirs of the same name: reverse KL weighs all samples alike (h = 1, "DMD"), forward KL by r. The student's score is that of a fake
 * score network trained on its samples, and ln r a discriminator's logit. In x0-space, where both networks answer, with the weights of
 * {@link #weigh} and m = mean |G - x0_teacher| of a sample (FastGen's form):
 *
 * <pre>
 *   direction = (x0_fake - x0_teacher) h / m        loss = 1/2 mean (G - stop(G - direction))^2 + lambda_G mean softplus(-D(x))
 *   D's loss  = mean softplus(D(x)) + mean softplus(-D(data + sigma eps))
 * </pre>
 *
 * <p>Only divergences with a second derivative can be asked for; the constants that papers put before f cancel in {@link #weigh}. The
 * coefficient of the divergence, which papers do not have, is a factor of its term; with lambda_G = 0 Adam undoes it.
 */
public record FDistill(Regularisation regularisation, FDistillSettings settings) implements Objective {
    /** As settings and commands know it. */
    public static final String NAME = "f-distill";

    private static final String DIVERGENCE = "freshet.divergence";

    public FDistill {
        var unused = smooth(regularisation);
    }

    /** Reads a whole configuration. */
    public static FDistill from(Config config) {
        return new FDistill(Regularisation.from(config), FDistillSettings.from(config));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FDistill withRegularisation(Regularisation replacement) {
        return new FDistill(replacement, settings);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    private static SmoothDivergence smooth(Regularisation regularisation) {
        FDivergence divergence = regularisation
                .divergence()
                .orElseThrow(() -> new IllegalArgumentException("f-distill must have a divergence, was none ("
                        + DIVERGENCE + "): it is all that holds the student to its teacher"));
        if (divergence instanceof SmoothDivergence smooth) {
            return smooth;
        }
        throw new IllegalArgumentException("f-distill weighs samples by the divergence's second derivative, and "
                + regularisation.spec() + " has none; choose another (" + DIVERGENCE + ")");
    }

    /**
     * What the samples of a batch weigh, on average 1.
     *
     * @param weights (samples), without gradient
     * @param bins after this batch
     * @param divergence of student from teacher, at all noise levels together, as the ratios have it: the mean of f(t) / t
     * @param meanRatio before it was normalised
     * @param boundedRatios share of the samples whose ratio was clamped
     * @param effectiveSampleSize (sum h)^2 / (n sum h^2), in (0, 1]
     */
    public record Weighting(
            NDArray weights,
            RatioBins bins,
            double divergence,
            double meanRatio,
            double boundedRatios,
            double effectiveSampleSize) {}

    /**
     * <pre>
     *   r = clamp(exp clamp(mean logit))      h(r / mean of r over its noise levels) / mean over the batch
     * </pre>
     *
     * @param logits of a discriminator on noised samples of the student (samples) or (samples, heads)
     * @param places of the samples' noise levels in their range (samples), from 0 to 1
     * @param bins of the batch before; begun anew if their number is not that of the settings
     */
    public Weighting weigh(NDArray logits, NDArray places, RatioBins bins) {
        double[] logit = rowMeans(logits);
        double[] place = doubles(places);
        double[] ratio = new double[logit.length];
        int bounded = 0;
        for (int i = 0; i < ratio.length; i++) {
            double raw = Math.exp(clamp(logit[i], -settings.logitBound(), settings.logitBound()));
            ratio[i] = clamp(raw, settings.leastRatio(), settings.mostRatio());
            bounded += ratio[i] == raw ? 0 : 1;
        }
        RatioBins before = bins.means().size() == settings.bins() ? bins : RatioBins.initial(settings.bins());
        RatioBins after = before.after(ratio, place, settings.memory());
        double[] logRatio = new double[ratio.length];
        double sum = 0;
        for (int i = 0; i < ratio.length; i++) {
            logRatio[i] = Math.log(after.normalised(ratio[i], place[i]));
            sum += ratio[i];
        }
        SmoothDivergence divergence = smooth(regularisation);
        NDArray logInverse =
                OwnedArray.of(logRatio, logits.getManager()).toType(logits.getDataType(), false); // (samples)
        NDArray h = divergence.distillWeight(logInverse);
        NDArray weights = h.div(plus(h.mean(), RatioBins.EPSILON));
        double[] values = doubles(divergence.valueOnPolicy(logInverse.neg()));
        return new Weighting(
                weights,
                after,
                DoubleStream.of(values).average().orElseThrow(),
                sum / ratio.length,
                bounded / (double) ratio.length,
                effectiveSampleSize(weights));
    }

    /**
     * The loss whose gradient descends the divergence, the coefficient included.
     *
     * @param generated by the student (samples, dimensions), with gradient
     * @param teacher its estimates of clean data, from the noised samples (samples, dimensions)
     * @param fake those of the student's own score (samples, dimensions)
     * @param weights (samples)
     */
    public NDArray matching(NDArray generated, NDArray teacher, NDArray fake, NDArray weights) {
        NDArray samples = generated.stopGradient();
        NDArray apart = samples.sub(teacher).abs().mean(new int[] {1}, true); // (samples, 1)
        NDArray scale = weights.reshape(new Shape(-1, 1)).div(plus(apart, RatioBins.EPSILON));
        NDArray direction = fake.sub(teacher).mul(scale); // (samples, dimensions)
        NDArray target = samples.sub(direction).stopGradient();
        return times(generated.sub(target).square().mean(), regularisation.coefficient() / 2);
    }

    /** lambda_G times the student's GAN loss, from a discriminator's logits (samples) on its noised samples. */
    public NDArray adversarial(NDArray onGenerated) {
        return times(Activation.softPlus(onGenerated.neg()).mean(), settings.adversarialWeight());
    }

    /** The discriminator's loss, from its logits (samples) on noised samples of the student and of the data. */
    public static NDArray discrimination(NDArray onGenerated, NDArray onData) {
        return Activation.softPlus(onGenerated)
                .mean()
                .add(Activation.softPlus(onData.neg()).mean());
    }

    /**
     * A score network's loss: the squared error of its estimates of clean data (samples, dimensions).
     *
     * @param weights of the samples' noise levels (samples)
     */
    public static NDArray denoising(NDArray estimates, NDArray clean, NDArray weights) {
        NDArray errors = estimates.sub(clean).square().mean(new int[] {1}); // (samples)
        return errors.mul(weights).mean();
    }

    private static double[] rowMeans(NDArray logits) {
        NDArray rows = logits.stopGradient().reshape(new Shape(logits.getShape().get(0), -1));
        return doubles(rows.toType(DataType.FLOAT64, false).mean(new int[] {1}));
    }

    private static double[] doubles(NDArray array) {
        return array.toType(DataType.FLOAT64, false).toDoubleArray();
    }

    private static double clamp(double value, double least, double most) {
        return Math.max(least, Math.min(most, value));
    }

    private static double effectiveSampleSize(NDArray weights) {
        double sum = 0;
        double squares = 0;
        double[] numbers = doubles(weights);
        for (double weight : numbers) {
            sum += weight;
            squares += weight * weight;
        }
        return sum * sum / (numbers.length * squares);
    }
}
