package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainedParametersTest {
    /** Makes a step of the gradient itself, so that what is learnt can be compared. */
    private static final String DESCENT =
            "freshet.train { mini-batches = 1, learning-rate = 1e6, learning-rate-warm-up-steps = 0,"
                    + " max-gradient-norm = 1e6, adam { beta1 = 0, beta2 = 0, epsilon = 1e6, weight-decay = 0 } }";

    @Test
    void aFrozenTrunkStaysAsItIsAndTheHeadLearnsAsItWould() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<TensorData> ofAll = learnt(start, "all");
        List<TensorData> ofHead = learnt(start, "head");

        int trunk = start.size() - 2;
        assertThat(ofHead.get(trunk).name()).isEqualTo("model.norm.weight");
        assertThat(ofHead.subList(0, trunk)).isEqualTo(start.subList(0, trunk));
        assertThat(ofAll.subList(0, trunk)).doesNotContainAnyElementsOf(start.subList(0, trunk));
        double[] head = Toy.values(ofHead.subList(trunk, start.size()));
        assertThat(head).isNotEqualTo(Toy.values(start.subList(trunk, start.size())));
        assertThat(head).containsExactly(Toy.values(ofAll.subList(trunk, start.size())), within(1e-6));
    }

    @Test
    void aHeadThatIsTheEmbeddingCannotLearnAlone() {
        DecoderConfig tied = DecoderConfig.from(
                ConfigFactory.parseString("tied-head = true")
                        .withFallback(ConfigFactory.parseResources("model.conf").getConfig("freshet.model")),
                20);
        assertThatThrownBy(() -> TrainedParameters.HEAD.requireFit(tied))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("freshet.model.tied-head = false");
        assertThatThrownBy(() -> TrainedParameters.parse("trunk"))
                .hasMessage("parameters must be all or head, was \"trunk\" (freshet.train.parameters)");
    }

    private static List<TensorData> learnt(List<TensorData> start, String parameters) throws Exception {
        LearnerSettings settings = Toy.settings(DESCENT, "freshet.train.parameters = " + parameters);
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
                DecoderLearner learner =
                        DecoderLearner.start(Toy.CONFIG, settings, LearnerState.fresh(start), registry)) {
            learner.learn(Toy.batch(6, 2), Toy.grpo("js")).toCompletableFuture().join();
            return learner.snapshot().toCompletableFuture().join().weights();
        }
    }
}
