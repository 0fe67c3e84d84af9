package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.objective.AdvantageRule.RewardedGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AdvantageRuleTest {
    @ParameterizedTest
    @CsvSource({"STANDARDISED, grpo_std_ddof1_eps1e-6", "CENTRED, dr_grpo", "LEAVE_ONE_OUT, rloo"})
    void agreesWithTheVectors(AdvantageRule rule, String vector) {
        JsonNode rlvr = RlvrVectors.read();
        List<Double> rewards = RlvrVectors.numbers(rlvr.get("rewards"));
        List<Double> expected = RlvrVectors.numbers(rlvr.get("advantages").get(vector));
        int groupSize = 4;
        List<RewardedGroup> batch = new ArrayList<>();
        for (int first = 0; first < rewards.size(); first += groupSize) {
            batch.add(group(rewards.subList(first, first + groupSize)));
        }
        List<Double> advantages = rule.of(batch).stream().flatMap(List::stream).toList();
        for (int i = 0; i < rewards.size(); i++) {
            assertThat(advantages.get(i)).isCloseTo(expected.get(i), within(1e-12));
        }
    }

    /** Six tokens, of which two have a reward of 1: mean 1/3, and variance 4/15 with a divisor of 5. */
    @Test
    void aBatchIsStandardisedOverItsTokens() {
        RewardedGroup one = new RewardedGroup(List.of(1.0, 0.0), List.of(2, 1));
        RewardedGroup other = new RewardedGroup(List.of(0.0), List.of(3));
        double deviation = Math.sqrt(4.0 / 15) + 1e-6;
        List<List<Double>> advantages = AdvantageRule.BATCH_STANDARDISED.of(List.of(one, other));
        assertThat(advantages.get(0).get(0)).isCloseTo(2.0 / 3 / deviation, within(1e-12));
        assertThat(advantages.get(0).get(1)).isCloseTo(-1.0 / 3 / deviation, within(1e-12));
        assertThat(advantages.get(1).get(0)).isCloseTo(-1.0 / 3 / deviation, within(1e-12));
    }

    @Test
    void whatIsCentredInItsGroupAndThenStandardisedIgnoresHowHardAPromptIs() {
        List<RewardedGroup> batch = List.of(group(List.of(1.0, 0.0)), group(List.of(11.0, 10.0)));
        List<List<Double>> advantages = AdvantageRule.CENTRED_BATCH_STANDARDISED.of(batch);
        assertThat(advantages.get(0)).isEqualTo(advantages.get(1));
        // Four numbers of plus or minus a half: their variance with a divisor of 3 is a third.
        assertThat(advantages.get(0).get(0)).isCloseTo(0.5 / (Math.sqrt(1.0 / 3) + 1e-6), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void equalRewardsTeachNothing(AdvantageRule rule) {
        // 0.1 is no binary fraction: the mean of many of them need not equal it.
        assertThat(alone(rule, Collections.nCopies(7, 0.1))).containsOnly(0.0);
        assertThat(alone(rule, List.of(1.0))).containsOnly(0.0);
    }

    @ParameterizedTest
    @EnumSource
    void aShiftOfAllRewardsChangesNothing(AdvantageRule rule) {
        List<Double> rewards = List.of(0.25, 1.0, -0.5, 0.0);
        List<Double> shifted = rewards.stream().map(reward -> reward + 8).toList();
        List<Double> advantages = alone(rule, rewards);
        for (int i = 0; i < rewards.size(); i++) {
            // The rewards and their shifts are binary fractions, so that only the last roundings differ.
            assertThat(alone(rule, shifted).get(i)).isCloseTo(advantages.get(i), within(1e-14));
        }
    }

    @ParameterizedTest
    @EnumSource
    void advantagesFollowTheirRollouts(AdvantageRule rule) {
        List<Double> rewards = List.of(0.25, 1.0, -0.5, 0.0, 0.75);
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        Collections.shuffle(order, new Random(1));
        List<Double> permuted = alone(rule, order.stream().map(rewards::get).toList());
        for (int i = 0; i < order.size(); i++) {
            assertThat(permuted.get(i)).isCloseTo(alone(rule, rewards).get(order.get(i)), within(1e-14));
        }
    }

    @Test
    void anUnknownRuleIsRefusedWithTheKnownOnes() {
        assertThat(AdvantageRule.parse("leave-one-out")).isEqualTo(AdvantageRule.LEAVE_ONE_OUT);
        assertThatThrownBy(() -> AdvantageRule.parse("rank"))
                .hasMessage("advantage must be one of [standardised, centred, leave-one-out, batch-standardised,"
                        + " centred-batch-standardised], was \"rank\" (freshet.rlvr.advantage)");
    }

    private static List<Double> alone(AdvantageRule rule, List<Double> rewards) {
        return rule.of(List.of(group(rewards))).get(0);
    }

    private static RewardedGroup group(List<Double> rewards) {
        return new RewardedGroup(rewards, Collections.nCopies(rewards.size(), 1));
    }
}
