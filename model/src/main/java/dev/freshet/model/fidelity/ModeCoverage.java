package dev.freshet.model.fidelity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many of a mixture's modes samples are in: within 3 standard deviations of a centre.
 *
 * @param centres (modes, 2)
 * @param deviation of each mode, above 0
 */
public record ModeCoverage(SampleSet centres, double deviation) {
    private static final double RADIUS = 3;

    /** Of what it would be if the samples were drawn from the mixture. */
    private static final double COVERED_SHARE = 0.25;

    /** {@code precision}, the share of samples in any mode, and {@code modes}, those that have more than a quarter of their share. */
    public Map<String, Double> of(SampleSet samples) {
        int[] counts = new int[centres.size()];
        int inside = 0;
        double bound = RADIUS * RADIUS * deviation * deviation;
        for (int i = 0; i < samples.size(); i++) {
            int nearest = nearest(samples, i);
            if (samples.squaredDistance(i, centres, nearest) <= bound) {
                counts[nearest]++;
                inside++;
            }
        }
        double share = samples.size() / (double) centres.size();
        int covered = 0;
        for (int count : counts) {
            covered += count > COVERED_SHARE * share ? 1 : 0;
        }
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("precision", inside / (double) samples.size());
        measures.put("modes", (double) covered);
        return measures;
    }

    private int nearest(SampleSet samples, int sample) {
        int nearest = 0;
        for (int centre = 1; centre < centres.size(); centre++) {
            if (samples.squaredDistance(sample, centres, centre) < samples.squaredDistance(sample, centres, nearest)) {
                nearest = centre;
            }
        }
        return nearest;
    }
}
