package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.dataset.TokenisedExample;
import java.util.List;

/**
 * What the objectives that imitate demonstrations have in common; {@code dataset.conf} documents each key under {@code freshet.sft}.
 *
 * @param aggregation of token losses
 * @param lengthNorm constant length in tokens for the aggregations that divide by one, at least 1
 */
public record SftSettings(LossAggregation aggregation, int lengthNorm) {
    static final String PATH = "freshet.sft";

    public SftSettings {
        if (lengthNorm < 1) {
            throw new IllegalArgumentException(
                    "length-norm must be at least 1 token, was " + lengthNorm + " (" + PATH + ".length-norm)");
        }
    }

    /** Reads {@code freshet.sft} of a whole configuration. */
    public static SftSettings from(Config config) {
        Config section = config.getConfig(PATH);
        return new SftSettings(
                LossAggregation.parse(section.getString("aggregation"), PATH), section.getInt("length-norm"));
    }

    /** For each example the weight of each of its tokens. */
    double[] tokenWeights(List<TokenisedExample> examples) {
        int[] lengths =
                examples.stream().mapToInt(TokenisedExample::completionTokens).toArray();
        return aggregation.tokenWeights(lengths, lengthNorm);
    }
}
