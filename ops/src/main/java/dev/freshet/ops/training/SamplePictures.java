package dev.freshet.ops.training;

import dev.freshet.model.distillation.ImageData;
import dev.freshet.model.distillation.TrainingData;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.report.ImageGrid;
import dev.freshet.ops.report.PointDensity;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pictures of a student's samples beside the data, in {@code samples/}: one a version that is measured. */
final class SamplePictures {
    private static final Logger LOG = LoggerFactory.getLogger(SamplePictures.class);

    private final Path root;
    private final Drawing drawing;

    /** Makes a PNG of examples, on the left, and samples. */
    @FunctionalInterface
    private interface Drawing {
        byte[] png(SampleSet examples, SampleSet samples) throws IOException;
    }

    private SamplePictures(Path root, Drawing drawing) {
        this.root = root;
        this.drawing = drawing;
    }

    /** @param extent that is shown of the plane, in each direction from 0 */
    static SamplePictures of(TrainingData data, double extent, RunFiles files) {
        if (data instanceof ImageData images) {
            ImageGrid grid = new ImageGrid(
                    images.images().height(),
                    images.images().width(),
                    images.images().channels());
            return new SamplePictures(files.root(), grid::png);
        }
        return new SamplePictures(files.root(), new PointDensity(extent)::png);
    }

    /** The file's name within the run's folder; empty if the disk did not take it, which the run outlives. */
    String write(PolicyVersion version, SampleSet examples, SampleSet samples) {
        String name = String.format(Locale.ROOT, "samples/v%06d.png", version.number());
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, drawing.png(examples, samples));
            return name;
        } catch (IOException failure) {
            LOG.warn("picture {} could not be written: {}", name, failure.toString());
            return "";
        }
    }
}
