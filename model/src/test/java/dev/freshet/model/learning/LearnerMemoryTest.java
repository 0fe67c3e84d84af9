package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A learner that does not come to be leaves nothing behind. */
class LearnerMemoryTest {
    @Test
    void aStateThatCannotBePublishedLeavesNothingOpen() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        Map<ArrayKind, Integer> before = OpenArrays.count();
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU)) {
            registry.publish(new PolicyVersion(3), weights);
            assertThatThrownBy(() ->
                            DecoderLearner.start(Toy.CONFIG, Toy.settings(), LearnerState.fresh(weights), registry))
                    .hasMessage("a published version must be above the newest, v3, was v0");
            assertThatThrownBy(() -> registry.publish(new PolicyVersion(3), weights))
                    .hasMessage("a published version must be above the newest, v3, was v3");
        }
        assertThat(OpenArrays.count()).isEqualTo(before);
    }

    @Test
    void aDecoderThatCannotBeBuiltLeavesNothingOpen() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        Map<ArrayKind, Integer> before = OpenArrays.count();
        // No weight depends on the maximum length; only the rotary tables, which come last, cannot be this long.
        DecoderConfig endless = Toy.CONFIG.withMaxLength(Integer.MAX_VALUE / 7);
        try (WeightRegistry registry = new WeightRegistry(endless, ComputeDevice.CPU)) {
            assertThatThrownBy(
                            () -> DecoderLearner.start(endless, Toy.settings(), LearnerState.fresh(weights), registry))
                    .isInstanceOf(NegativeArraySizeException.class);
        }
        assertThat(OpenArrays.count()).isEqualTo(before);
    }

    @Test
    void anInterruptWhileItStartsLeavesNothingOpen() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        Map<ArrayKind, Integer> before = OpenArrays.count();
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() ->
                            DecoderLearner.start(Toy.CONFIG, Toy.settings(), LearnerState.fresh(weights), registry))
                    .isInstanceOf(InterruptedException.class);
        }
        assertThat(OpenArrays.count()).isEqualTo(before);
    }
}
