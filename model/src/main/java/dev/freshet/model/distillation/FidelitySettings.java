package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.fidelity.GridDivergences;
import dev.freshet.model.fidelity.NeighbourCoverage;

/**
 * How a student's samples are measured; keys below {@code freshet.distill.evaluation}.
 *
 * @param interval versions from one evaluation to the next, at least 1; or 0 for none between the first and the last
 * @param samples of the student, at least 2
 * @param examples that they are compared with, at least 2
 * @param grid of points in the plane
 * @param featureCells of images, on a side, at least 1
 * @param coverage of images
 * @param neighbourSamples of either that it looks at, at least 2
 */
public record FidelitySettings(
        int interval,
        int samples,
        int examples,
        GridDivergences grid,
        int featureCells,
        NeighbourCoverage coverage,
        int neighbourSamples) {
    public FidelitySettings {
        Rules.atLeast(0, "evaluation.interval", interval);
        Rules.atLeast(2, "evaluation.samples", samples);
        Rules.atLeast(2, "evaluation.examples", examples);
        Rules.atLeast(1, "evaluation.feature-cells", featureCells);
        Rules.atLeast(2, "evaluation.neighbour-samples", neighbourSamples);
    }

    /** Reads a whole configuration. */
    public static FidelitySettings from(Config config) {
        Config evaluation = config.getConfig("freshet.distill.evaluation");
        Config grid = evaluation.getConfig("grid");
        return new FidelitySettings(
                evaluation.getInt("interval"),
                evaluation.getInt("samples"),
                evaluation.getInt("examples"),
                new GridDivergences(grid.getInt("cells"), grid.getDouble("extent"), grid.getDouble("floor")),
                evaluation.getInt("feature-cells"),
                new NeighbourCoverage(evaluation.getInt("neighbours")),
                evaluation.getInt("neighbour-samples"));
    }
}
