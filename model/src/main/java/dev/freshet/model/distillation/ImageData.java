package dev.freshet.model.distillation;

import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.image.ImageSet;
import dev.freshet.model.task.EpochOrder;

/** Images in an order of each epoch's own, as numbers from -1 to 1. */
public record ImageData(ImageSet images, EpochOrder order) implements TrainingData {
    static ImageData of(ImageSet images, long seed) {
        return new ImageData(images, EpochOrder.ofTraining(seed, images.size()));
    }

    @Override
    public int dimensions() {
        return images.valuesPerImage();
    }

    @Override
    public String identity() {
        return images.size() + " images of " + images.height() + " x " + images.width() + " x " + images.channels()
                + " " + images.digest();
    }

    @Override
    public SampleSet examples(long first, int count) {
        float[] values = new float[Math.multiplyExact(count, dimensions())];
        for (int i = 0; i < count; i++) {
            images.copyTo(order.at(first + i), values, i * dimensions());
        }
        return new SampleSet(dimensions(), values);
    }
}
