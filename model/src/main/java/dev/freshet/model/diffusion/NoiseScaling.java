package dev.freshet.model.diffusion;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a network sees noised data, and how its output becomes an estimate of clean data (Karras et al. 2022, table 1, whose
 * sigma_data is {@code dataDeviation}):
 *
 * <pre>
 *   inputs  x c for each of the copies, ln sigma, sin ln sigma, cos ln sigma      c = copy / sqrt(sigma^2 + inputVariance)
 *   x0      d^2 / (sigma^2 + d^2) x + sigma d / sqrt(sigma^2 + d^2) F(inputs)     d = dataDeviation
 *   weight of the squared error of x0   (sigma^2 + d^2) / (sigma d)^2
 * </pre>
 *
 * @param dataDeviation above 0
 * @param inputVariance of clean data in each coordinate, at least 0
 * @param copies factors, at least one: small networks learn faster from several scales
 */
public record NoiseScaling(double dataDeviation, double inputVariance, List<Double> copies) {
    private static final int NOISE_INPUTS = 3;

    public NoiseScaling {
        copies = List.copyOf(copies);
        if (!(dataDeviation > 0) || Double.isInfinite(dataDeviation)) {
            throw new IllegalArgumentException("data-deviation must be finite and above 0, was " + dataDeviation
                    + " (freshet.distill.scaling.data-deviation)");
        }
        if (!(inputVariance >= 0) || Double.isInfinite(inputVariance)) {
            throw new IllegalArgumentException("input-variance must be finite and at least 0, was " + inputVariance
                    + " (freshet.distill.scaling.input-variance)");
        }
        if (copies.isEmpty() || !copies.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "copies must be at least one finite factor, were " + copies + " (freshet.distill.scaling.copies)");
        }
    }

    /** Inputs of a network for data of so many dimensions. */
    public int inputs(int dimensions) {
        return Math.addExact(Math.multiplyExact(dimensions, copies.size()), NOISE_INPUTS);
    }

    /** Weight of the squared error of an estimate at a noise level: it makes the error of F count alike at all of them. */
    public double lossWeight(double level) {
        double variance = dataDeviation * dataDeviation;
        return (level * level + variance) / (level * level * variance);
    }

    /** The copies as TorchScript, of a tensor named {@code scaled}. */
    String copiesText() {
        return copies.stream()
                .map(copy -> String.format(Locale.ROOT, "scaled * %s", number(copy)))
                .collect(Collectors.joining(", "));
    }

    String deviationText() {
        return number(dataDeviation);
    }

    String varianceText() {
        return number(dataDeviation * dataDeviation);
    }

    String inputVarianceText() {
        return number(inputVariance);
    }

    /** TorchScript reads neither 1E-4 nor -1.0 after an operator. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "(%.12f)", value);
    }
}
