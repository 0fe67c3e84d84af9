package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossAggregationTest {
    @ParameterizedTest
    @CsvSource({
        "TOKEN_MEAN, token_mean",
        "SEQUENCE_MEAN_TOKEN_MEAN, seq_mean_token_mean",
        "SEQUENCE_MEAN_TOKEN_SUM, seq_mean_token_sum",
        "DR_GRPO, dr_grpo_mean_over_seqs_sum_over_tokens_div_maxlen",
        "SEQUENCE_MEAN_TOKEN_SUM_NORM, verl_seq_mean_token_sum_norm"
    })
    void agreesWithTheVectors(LossAggregation rule, String vector) {
        JsonNode surrogate = RlvrVectors.read().get("surrogate");
        int[] lengths = RlvrVectors.lengths(surrogate.get("mask"));
        double[] weights = rule.tokenWeights(lengths, 4);
        for (JsonNode variant : surrogate.get("variants")) {
            List<Double> losses = RlvrVectors.packed(variant.get("per_token"), surrogate.get("mask"));
            double total = 0;
            int token = 0;
            for (int row = 0; row < lengths.length; row++) {
                for (int i = 0; i < lengths[row]; i++) {
                    total += weights[row] * losses.get(token);
                    token++;
                }
            }
            assertThat(total).isCloseTo(variant.get(vector).doubleValue(), within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"TOKEN_MEAN", "SEQUENCE_MEAN_TOKEN_MEAN"})
    void weightsOfMeansSumToOne(LossAggregation rule) {
        int[] lengths = {5, 1, 3};
        double[] weights = rule.tokenWeights(lengths, 100);
        assertThat(5 * weights[0] + weights[1] + 3 * weights[2]).isCloseTo(1, within(1e-15));
    }

    @Test
    void anUnknownRuleIsRefusedWithTheKnownOnes() {
        assertThat(LossAggregation.parse("dr-grpo")).isEqualTo(LossAggregation.DR_GRPO);
        assertThatThrownBy(() -> LossAggregation.parse("mean"))
                .hasMessage("aggregation must be one of [token-mean, seq-mean-token-mean, seq-mean-token-sum,"
                        + " dr-grpo, seq-mean-token-sum-norm], was \"mean\" (freshet.rlvr.aggregation)");
    }
}
