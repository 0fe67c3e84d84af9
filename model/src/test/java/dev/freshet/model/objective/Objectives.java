package dev.freshet.model.objective;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** Objectives read from the defaults. */
final class Objectives {
    private Objectives() {}

    /** The defaults, but for the given lines. */
    static Config config(String... lines) {
        return ConfigFactory.parseString(String.join("\n", lines))
                .withFallback(ConfigFactory.parseResources("learning.conf"))
                .withFallback(ConfigFactory.parseResources("dataset.conf"))
                .withFallback(ConfigFactory.parseResources("generation.conf"));
    }

    /** Without a penalty, and otherwise the defaults but for the given lines. */
    static Rlvr of(RlvrVariant variant, String... lines) {
        return Rlvr.from(config(lines), variant).withRegularisation(Regularisation.of("none", 0.1));
    }
}
