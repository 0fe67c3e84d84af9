package dev.freshet.ops.experiment;

import java.util.List;
import java.util.stream.Stream;

/**
 * A method of unlearning.
 *
 * @param steps of its run
 * @param settings that make it, over those of all arms
 */
record FlatArm(String name, int steps, List<String> settings) {
    private static final String WITHOUT_REFERENCE = "freshet.reference=off";
    private static final String WITH_REFERENCE = "freshet.reference=initial";
    private static final String RETAINING = "gradient-ascent-kl";

    FlatArm {
        settings = List.copyOf(settings);
    }

    /** Those that FLAT is compared with. */
    static List<FlatArm> baselines(int steps) {
        return Stream.of("gradient-ascent", RETAINING, "npo", "idk", "template-dpo")
                .map(objective -> new FlatArm(objective, steps, baseline(objective)))
                .toList();
    }

    private static List<String> baseline(String objective) {
        boolean hasReference = List.of(RETAINING, "npo", "template-dpo").contains(objective);
        return List.of(
                "freshet.objective=" + objective,
                "freshet.divergence=none",
                hasReference ? WITH_REFERENCE : WITHOUT_REFERENCE);
    }

    /** FLAT in the divergences that its paper evaluates. */
    static List<FlatArm> ofThePaper(int steps) {
        return List.of(
                flat("kl", "reverse-kl", steps),
                flat("js", "js-gan", steps),
                flat("tv", "tv", steps),
                flat("pearson", "pearson-chi2", steps));
    }

    /** In those that the released code has too, three of them with the wrong sign. */
    static List<FlatArm> ofTheCode(int steps) {
        return List.of(
                flat("reverse-kl", "forward-kl", steps),
                flat("jeffreys", "jeffreys", steps),
                flat("squared-hellinger", "squared-hellinger", steps),
                flat("neyman", "neyman-chi2", steps));
    }

    /**
     * @param papers the divergence's name in FLAT, which names generators of template over forget
     * @param spec its name here
     */
    private static FlatArm flat(String papers, String spec, int steps) {
        return new FlatArm(
                "flat-" + papers,
                steps,
                List.of("freshet.objective=flat", "freshet.divergence=" + spec, WITHOUT_REFERENCE));
    }

    /** Whether it learns from answers to be kept as well. */
    boolean retains() {
        return name.equals(RETAINING);
    }
}
