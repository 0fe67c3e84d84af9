package dev.freshet.model.fidelity;

/**
 * The feature that images are compared by: the means of their channels over a grid of nearly equal cells. It sees where an image is
 * light and dark and how that varies, and not what the image is of; it needs no network that somebody else has trained.
 *
 * @param height of the images
 * @param width of the images
 * @param channels of the images
 * @param cells on a side, at least 1 and at most height and width
 */
public record PooledPixels(int height, int width, int channels, int cells) {
    public PooledPixels {
        if (cells < 1 || cells > Math.min(height, width)) {
            throw new IllegalArgumentException(
                    "feature-cells must be at least 1 and at most the images' height and width, " + height + " x "
                            + width + ", were " + cells + " (freshet.distill.evaluation.feature-cells)");
        }
    }

    /** One row of cells * cells * channels numbers for each image (height, width, channels). */
    public SampleSet of(SampleSet images) {
        int features = cells * cells * channels;
        float[] values = new float[images.size() * features];
        for (int image = 0; image < images.size(); image++) {
            for (int feature = 0; feature < features; feature++) {
                values[image * features + feature] = mean(images, image, feature);
            }
        }
        return new SampleSet(features, values);
    }

    private float mean(SampleSet images, int image, int feature) {
        int channel = feature % channels;
        int column = feature / channels % cells;
        int row = feature / channels / cells;
        double sum = 0;
        int pixels = 0;
        for (int y = row * height / cells; y < (row + 1) * height / cells; y++) {
            for (int x = column * width / cells; x < (column + 1) * width / cells; x++) {
                sum += images.value(image, (y * width + x) * channels + channel);
                pixels++;
            }
        }
        return (float) (sum / pixels);
    }
}
