package dev.freshet.model.learning;

import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/** Where a learner finds the reference's weights, if an objective wants them. */
@FunctionalInterface
public interface ReferenceWeights {
    /** Of a run without a reference. */
    ReferenceWeights NONE = () -> {
        throw new IllegalArgumentException(
                "divergence-estimator full-vocabulary needs the reference's weights, and this"
                        + " learner has none (freshet.divergence-estimator, freshet.reference): choose sampled, or a reference");
    };

    /**
     * Called on the learner's thread; the tensors are copied.
     *
     * @throws IllegalArgumentException if there are none
     */
    List<TensorData> tensors();
}
