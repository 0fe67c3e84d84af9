package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** Settings of small distillations. */
final class Distilled {
    /** Networks and batches so small that a step takes a millisecond or so. */
    private static final String SMALL = """
            freshet.train {
              steps = 40, seed = 3, learning-rate = 0.02, final-learning-rate-fraction = 0.0
              learning-rate-warm-up-steps = 0, max-gradient-norm = 1e6
              adam { beta1 = 0.0 }
            }
            freshet.divergence = reverse-kl
            freshet.divergence-coefficient = 1.0
            freshet.distill {
              batch = 32
              score.widths = [16]
              critic { widths = [16], updates = 2, head-start = 3 }
              student.network.widths = [16]
              student.network.warm-start.steps = 20
              teacher.steps = 20
              evaluation { samples = 200, examples = 300 }
            }
            """;

    private Distilled() {}

    /** @param lines over the small settings */
    static Config config(String... lines) {
        return ConfigFactory.parseString(String.join("\n", lines))
                .withFallback(ConfigFactory.parseString(SMALL))
                .withFallback(ConfigFactory.parseResources("distill.conf"))
                .withFallback(ConfigFactory.parseResources("learning.conf"))
                .resolve();
    }

    static DistillationSettings settings(String... lines) {
        return DistillationSettings.from(config(lines));
    }
}
