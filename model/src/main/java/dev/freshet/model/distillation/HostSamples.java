package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.fidelity.SampleSet;
import java.util.List;

/** Samples between the engine and the host. */
final class HostSamples {
    private HostSamples() {}

    /** (samples, dimensions). */
    static NDArray array(SampleSet samples, NDManager owner) {
        return OwnedArray.of(samples.toArray(), new Shape(samples.size(), samples.dimensions()), owner);
    }

    /** @param array (samples, dimensions) */
    static SampleSet of(NDArray array) {
        return new SampleSet((int) array.getShape().get(1), array.toFloatArray());
    }

    /** All samples of sets of equal dimensions, at least one. */
    static SampleSet joined(List<SampleSet> parts) {
        int dimensions = parts.get(0).dimensions();
        int samples = parts.stream().mapToInt(SampleSet::size).sum();
        float[] values = new float[Math.multiplyExact(samples, dimensions)];
        int next = 0;
        for (SampleSet part : parts) {
            float[] some = part.toArray();
            System.arraycopy(some, 0, values, next, some.length);
            next += some.length;
        }
        return new SampleSet(dimensions, values);
    }
}
