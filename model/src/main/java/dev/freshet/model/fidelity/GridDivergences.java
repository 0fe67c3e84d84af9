package dev.freshet.model.fidelity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Divergences of samples in the plane, by their shares in the cells of a square grid about (0, 0). What lies outside is one cell more. A
 * share of less than the floor counts as the floor, so that a cell that one side does not reach costs much and not without end; the
 * shares are then brought to a sum of 1 again.
 *
 * @param cells on a side, at least 1
 * @param extent of the grid in each direction from 0, above 0
 * @param floor above 0
 */
public record GridDivergences(int cells, double extent, double floor) {
    public GridDivergences {
        if (cells < 1 || cells > 1000) {
            throw new IllegalArgumentException(
                    "cells must be in 1..1000, were " + cells + " (freshet.distill.evaluation.grid.cells)");
        }
        if (!(extent > 0) || Double.isInfinite(extent)) {
            throw new IllegalArgumentException(
                    "extent must be finite and above 0, was " + extent + " (freshet.distill.evaluation.grid.extent)");
        }
        if (!(floor > 0 && floor < 1)) {
            throw new IllegalArgumentException(
                    "floor must be between 0 and 1, was " + floor + " (freshet.distill.evaluation.grid.floor)");
        }
    }

    /**
     * With p of the teacher and q of the student: {@code forward_kl} KL(p || q), {@code reverse_kl} KL(q || p), {@code js} the
     * Jensen-Shannon divergence, at most ln 2, {@code tv} the total variation distance, and {@code recall}, the teacher's share in the
     * cells that the student hits.
     */
    public Map<String, Double> of(SampleSet teacher, SampleSet student) {
        int[] teacherCounts = counts(teacher);
        int[] studentCounts = counts(student);
        double[] p = shares(teacherCounts);
        double[] q = shares(studentCounts);
        double forward = 0;
        double reverse = 0;
        double js = 0;
        double apart = 0;
        long reached = 0;
        for (int cell = 0; cell < p.length; cell++) {
            double mean = (p[cell] + q[cell]) / 2;
            forward += p[cell] * Math.log(p[cell] / q[cell]);
            reverse += q[cell] * Math.log(q[cell] / p[cell]);
            js += (p[cell] * Math.log(p[cell] / mean) + q[cell] * Math.log(q[cell] / mean)) / 2;
            apart += Math.abs(p[cell] - q[cell]);
            reached += studentCounts[cell] > 0 ? teacherCounts[cell] : 0;
        }
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("forward_kl", forward);
        measures.put("reverse_kl", reverse);
        measures.put("js", js);
        measures.put("tv", apart / 2);
        measures.put("recall", reached / (double) teacher.size());
        return measures;
    }

    private int[] counts(SampleSet samples) {
        int[] counts = new int[cells * cells + 1];
        for (int i = 0; i < samples.size(); i++) {
            double column = Math.floor((samples.value(i, 0) + extent) / (2 * extent) * cells);
            double row = Math.floor((samples.value(i, 1) + extent) / (2 * extent) * cells);
            boolean inside = column >= 0 && column < cells && row >= 0 && row < cells;
            counts[inside ? ((int) row) * cells + ((int) column) : cells * cells]++;
        }
        return counts;
    }

    private double[] shares(int[] counts) {
        double samples = 0;
        for (int count : counts) {
            samples += count;
        }
        double[] shares = new double[counts.length];
        double sum = 0;
        for (int cell = 0; cell < shares.length; cell++) {
            shares[cell] = Math.max(floor, counts[cell] / samples);
            sum += shares[cell];
        }
        for (int cell = 0; cell < shares.length; cell++) {
            shares[cell] /= sum;
        }
        return shares;
    }
}
