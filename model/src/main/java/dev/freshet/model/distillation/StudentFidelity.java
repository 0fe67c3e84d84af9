package dev.freshet.model.distillation;

import dev.freshet.model.fidelity.FrechetDistance;
import dev.freshet.model.fidelity.ModeCoverage;
import dev.freshet.model.fidelity.PooledPixels;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.image.ImageSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How near a student's samples are to the data. Of points in the plane: {@code forward_kl}, {@code reverse_kl}, {@code js}, {@code tv},
 * {@code precision}, {@code recall} and {@code modes}, as {@link dev.freshet.model.fidelity.GridDivergences} and {@link ModeCoverage} have
 * them. Of images: {@code frechet_distance}, squared, of {@link PooledPixels}, and {@code precision} and {@code recall} of the same
 * features by {@link dev.freshet.model.fidelity.NeighbourCoverage}.
 */
public final class StudentFidelity {
    /** Of a mixture's endless examples: far beyond those that any run learns from. */
    private static final long UNSEEN = 1L << 50;

    private final FidelitySettings settings;
    private final TrainingData data;
    private final SampleSet examples;

    /** Draws the examples that all samples are compared with. */
    public StudentFidelity(FidelitySettings settings, TrainingData data) {
        this.settings = settings;
        this.data = data;
        this.examples = examples(settings, data);
        if (data instanceof ImageData images) {
            var unused = features(images); // Refuses what does not fit before hours of training.
        }
    }

    private static SampleSet examples(FidelitySettings settings, TrainingData data) {
        if (data instanceof ImageData images) {
            int all = images.images().size();
            if (all < 2) {
                throw new IllegalArgumentException(
                        "there must be at least 2 images to compare samples with, was 1 (freshet.distill.data.path)");
            }
            return data.examples(0, Math.min(settings.examples(), all));
        }
        return data.examples(UNSEEN, settings.examples());
    }

    /** What samples are compared with. */
    public SampleSet examples() {
        return examples;
    }

    /** By name; NaN for all if a sample is not finite. */
    public Map<String, Double> of(SampleSet samples) {
        Map<String, Double> measures = data instanceof ImageData images
                ? ofImages(samples, images)
                : ofPoints(samples, ((MixtureData) data).mixture());
        if (!samples.isFinite()) {
            measures.replaceAll((name, value) -> Double.NaN);
        }
        return measures;
    }

    private Map<String, Double> ofPoints(SampleSet samples, GaussianMixture mixture) {
        Map<String, Double> measures = new LinkedHashMap<>(settings.grid().of(examples, samples));
        SampleSet centres = new SampleSet(GaussianMixture.DIMENSIONS, mixture.centreValues());
        measures.putAll(new ModeCoverage(centres, mixture.deviation()).of(samples));
        return measures;
    }

    private Map<String, Double> ofImages(SampleSet samples, ImageData images) {
        PooledPixels features = features(images);
        SampleSet ofData = features.of(examples);
        SampleSet ofSamples = features.of(samples);
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("frechet_distance", FrechetDistance.squared(ofData, ofSamples));
        measures.putAll(settings.coverage()
                .of(ofData.first(settings.neighbourSamples()), ofSamples.first(settings.neighbourSamples())));
        return measures;
    }

    private PooledPixels features(ImageData data) {
        ImageSet images = data.images();
        return new PooledPixels(images.height(), images.width(), images.channels(), settings.featureCells());
    }
}
