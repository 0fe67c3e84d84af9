package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.image.IdxFile;
import dev.freshet.model.image.ImageSet;
import dev.freshet.model.image.PngFolder;
import dev.freshet.model.image.ShapeImages;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What is to be modelled; keys below {@code freshet.distill.data}.
 *
 * @param mixture of kind {@link Kind#MIXTURE}
 * @param shapes images of kind {@link Kind#SHAPES}, at least 2
 * @param path of the kinds that are read: a file or a folder
 * @param channels of PNG files, 1 or 3
 * @param maxBytes of all images' pixels
 */
public record DataSettings(Kind kind, GaussianMixture mixture, int shapes, String path, int channels, long maxBytes) {
    /** Where examples come from. */
    public enum Kind {
        /** Drawn afresh from {@link GaussianMixture}. */
        MIXTURE,
        /** Drawn once: {@link ShapeImages}. */
        SHAPES,
        /** A file of grey images, {@link IdxFile}. */
        IDX,
        /** A folder of images, {@link PngFolder}. */
        PNG
    }

    private static final String SECTION = "data.";
    private static final String PATH_KEY = " (freshet.distill.data.path, freshet.distill.data.max-bytes)";

    public DataSettings {
        Rules.atLeast(1, SECTION + "channels", channels);
        Rules.atLeast(2, SECTION + "shapes", shapes);
        boolean isRead = kind == Kind.IDX || kind == Kind.PNG;
        if (isRead && path.isBlank()) {
            throw new IllegalArgumentException(
                    "path must name a file or folder of images, was empty (freshet.distill.data.path)");
        }
    }

    /** Reads a whole configuration. */
    static DataSettings from(Config config) {
        Config data = config.getConfig("freshet.distill.data");
        Config mixture = data.getConfig("mixture");
        return new DataSettings(
                Rules.oneOf(Kind.class, config, SECTION + "kind"),
                GaussianMixture.of(
                        Rules.oneOf(GaussianMixture.Shape.class, config, SECTION + "mixture.shape"),
                        mixture.getInt("modes"),
                        mixture.getDouble("size"),
                        mixture.getDouble("deviation")),
                data.getInt("shapes"),
                data.getString("path"),
                data.getInt("channels"),
                data.getBytes("max-bytes"));
    }

    /**
     * Reads files, if there are any.
     *
     * @throws IllegalArgumentException naming file, rule, remedy and key
     */
    public TrainingData open(long seed) {
        return switch (kind) {
            case MIXTURE -> new MixtureData(mixture, seed);
            case SHAPES -> ImageData.of(ShapeImages.draw(shapes, seed), seed);
            case IDX -> ImageData.of(keyed(() -> IdxFile.read(Path.of(path), maxBytes)), seed);
            case PNG -> ImageData.of(keyed(() -> new PngFolder(Path.of(path), channels, maxBytes).read()), seed);
        };
    }

    private static ImageSet keyed(Supplier<ImageSet> images) {
        try {
            return images.get();
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(refused.getMessage() + PATH_KEY, refused);
        }
    }
}
