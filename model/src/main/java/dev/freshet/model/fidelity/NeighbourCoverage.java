package dev.freshet.model.fidelity;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Precision and recall of samples by their neighbours (Kynkaanniemi et al. 2019, arXiv 1904.06991): a set covers what lies within the
 * distance from one of its members to that member's k-th nearest neighbour. Quadratic in the number of samples.
 *
 * @param neighbours k, at least 1
 */
public record NeighbourCoverage(int neighbours) {
    public NeighbourCoverage {
        if (neighbours < 1) {
            throw new IllegalArgumentException(
                    "neighbours must be at least 1, were " + neighbours + " (freshet.distill.evaluation.neighbours)");
        }
    }

    /** {@code precision}, the share of samples that the data covers, and {@code recall}, the share of the data that samples cover. */
    public Map<String, Double> of(SampleSet data, SampleSet samples) {
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("precision", covered(samples, data));
        measures.put("recall", covered(data, samples));
        return measures;
    }

    private double covered(SampleSet points, SampleSet by) {
        double[] radii = radii(by);
        int covered = 0;
        for (int i = 0; i < points.size(); i++) {
            covered += isCovered(points, i, by, radii) ? 1 : 0;
        }
        return covered / (double) points.size();
    }

    private static boolean isCovered(SampleSet points, int point, SampleSet by, double[] radii) {
        for (int i = 0; i < by.size(); i++) {
            if (points.squaredDistance(point, by, i) <= radii[i]) {
                return true;
            }
        }
        return false;
    }

    /** Squared, to each member's k-th nearest other one; to the farthest, if there are fewer. */
    private double[] radii(SampleSet set) {
        double[] radii = new double[set.size()];
        for (int i = 0; i < radii.length; i++) {
            double[] distances = new double[radii.length];
            for (int j = 0; j < radii.length; j++) {
                distances[j] = set.squaredDistance(i, set, j);
            }
            Arrays.sort(distances);
            // The nearest is the member itself.
            radii[i] = distances[Math.min(neighbours, radii.length - 1)];
        }
        return radii;
    }
}
