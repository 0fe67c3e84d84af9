package dev.freshet.model.objective;

import java.util.List;

/** Which policy the updates of a step must not stray from: the one that ratios are clipped around. */
public enum ProximalPolicy {
    /** The one that sampled: PPO, whose one ratio is also the importance weight. Stale samples use up some of the clip range. */
    BEHAVIOUR("behaviour"),
    /**
     * The learner as it was when the step began, which one forward pass of the batch tells; from there to the behaviour policy there is
     * a truncated importance weight. Hilton, Cobbe and Schulman 2022, "Batch size-invariance for policy optimization" (arXiv
     * 2110.00641), equation 3.
     */
    STEP_START("step-start");

    private final String spec;

    ProximalPolicy(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    static ProximalPolicy parse(String spec) {
        return Specs.parse("proximal", spec, List.of(values()), ProximalPolicy::spec);
    }
}
