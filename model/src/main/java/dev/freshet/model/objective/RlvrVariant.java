package dev.freshet.model.objective;

import static dev.freshet.model.objective.AdvantageRule.BATCH_STANDARDISED;
import static dev.freshet.model.objective.AdvantageRule.CENTRED;
import static dev.freshet.model.objective.AdvantageRule.LEAVE_ONE_OUT;
import static dev.freshet.model.objective.AdvantageRule.STANDARDISED;
import static dev.freshet.model.objective.EqualRewards.KEEP;
import static dev.freshet.model.objective.EqualRewards.REFILL_WITHOUT_PENALTY;
import static dev.freshet.model.objective.LossAggregation.SEQUENCE_MEAN_TOKEN_MEAN;
import static dev.freshet.model.objective.LossAggregation.SEQUENCE_MEAN_TOKEN_SUM;
import static dev.freshet.model.objective.LossAggregation.TOKEN_MEAN;
import static dev.freshet.model.objective.RatioLevel.SEQUENCE;
import static dev.freshet.model.objective.RatioLevel.TOKEN;
import static dev.freshet.model.objective.Surrogate.CLIP;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A method of the family: what it sets where settings leave it {@code auto}. The table has a line a method, with the components in
 * their order.
 *
 * @param spec the name in settings, commands, metrics and events
 * @param overlongShare share of the longest completion over which overlong rollouts are punished
 */
public record RlvrVariant(
        String spec,
        AdvantageRule advantage,
        RatioLevel ratio,
        Surrogate surrogate,
        double clipLow,
        double clipHigh,
        OptionalDouble dualClip,
        LossAggregation aggregation,
        EqualRewards equalRewards,
        OptionalDouble overlongShare) {

    private static final OptionalDouble OFF = OptionalDouble.empty();

    /**
     * Shao et al. 2024, "DeepSeekMath" (arXiv 2402.03300), as verl runs it and DPH-RL's experiments do: with a dual clip, and all
     * tokens counting the same. The paper has neither: {@code conf/grpo-arithmetic.conf}.
     */
    public static final RlvrVariant GRPO =
            new RlvrVariant("grpo", STANDARDISED, TOKEN, CLIP, 0.2, 0.2, on(3), TOKEN_MEAN, KEEP, OFF);

    /** Liu et al. 2025, "Understanding R1-Zero-Like Training" (arXiv 2503.20783). */
    public static final RlvrVariant DR_GRPO =
            new RlvrVariant("dr-grpo", CENTRED, TOKEN, CLIP, 0.2, 0.2, OFF, LossAggregation.DR_GRPO, KEEP, OFF);

    /** Yu et al. 2025, "DAPO" (arXiv 2503.14476): clip-higher, dynamic sampling, token mean, soft overlong punishment. */
    public static final RlvrVariant DAPO = new RlvrVariant(
            "dapo", STANDARDISED, TOKEN, CLIP, 0.2, 0.28, OFF, TOKEN_MEAN, REFILL_WITHOUT_PENALTY, on(0.2));

    /**
     * Ahmadian et al. 2024, "Back to Basics" (arXiv 2402.14740): the log-prob of the whole completion is one action. The paper
     * samples from the current policy and has no ratio; the clip is for the staleness of samples here.
     */
    public static final RlvrVariant RLOO =
            new RlvrVariant("rloo", LEAVE_ONE_OUT, TOKEN, CLIP, 0.2, 0.2, OFF, SEQUENCE_MEAN_TOKEN_SUM, KEEP, OFF);

    /** Hu et al. 2025, "REINFORCE++" (arXiv 2501.03262). */
    public static final RlvrVariant REINFORCE_PLUS_PLUS = new RlvrVariant(
            "reinforce-plus-plus", BATCH_STANDARDISED, TOKEN, CLIP, 0.2, 0.2, OFF, TOKEN_MEAN, KEEP, OFF);

    /** Zheng et al. 2025, "Group Sequence Policy Optimization" (arXiv 2507.18071). */
    public static final RlvrVariant GSPO =
            new RlvrVariant("gspo", STANDARDISED, SEQUENCE, CLIP, 3e-4, 4e-4, OFF, SEQUENCE_MEAN_TOKEN_MEAN, KEEP, OFF);

    /**
     * MiniMax 2025, "MiniMax-M1" (arXiv 2506.13585): weights are bounded from above alone, and it samples and punishes as DAPO
     * does. The paper does not say its bound, 1 + clip-high; 5 is one of those that Khatri et al. 2025, "The Art of Scaling
     * Reinforcement Learning Compute for LLMs" (arXiv 2510.13786), find alike.
     */
    public static final RlvrVariant CISPO = new RlvrVariant(
            "cispo", STANDARDISED, TOKEN, Surrogate.CISPO, 1, 4, OFF, TOKEN_MEAN, REFILL_WITHOUT_PENALTY, on(0.2));

    /** All there are. */
    public static final List<RlvrVariant> ALL = List.of(GRPO, DR_GRPO, DAPO, RLOO, REINFORCE_PLUS_PLUS, GSPO, CISPO);

    private static OptionalDouble on(double value) {
        return OptionalDouble.of(value);
    }
}
