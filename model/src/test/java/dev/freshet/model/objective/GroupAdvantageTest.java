package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GroupAdvantageTest {
    @ParameterizedTest
    @CsvSource({"STANDARDISED, grpo_std_ddof1_eps1e-6", "CENTRED, dr_grpo", "LEAVE_ONE_OUT, rloo"})
    void agreesWithTheVectors(GroupAdvantage rule, String vector) {
        JsonNode rlvr = RlvrVectors.read();
        List<Double> rewards = RlvrVectors.numbers(rlvr.get("rewards"));
        List<Double> expected = RlvrVectors.numbers(rlvr.get("advantages").get(vector));
        int groupSize = 4;
        for (int first = 0; first < rewards.size(); first += groupSize) {
            List<Double> advantages = rule.of(rewards.subList(first, first + groupSize));
            for (int i = 0; i < groupSize; i++) {
                assertThat(advantages.get(i)).isCloseTo(expected.get(first + i), within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void equalRewardsTeachNothing(GroupAdvantage rule) {
        // 0.1 is no binary fraction: the mean of many of them need not equal it.
        assertThat(rule.of(Collections.nCopies(7, 0.1))).containsOnly(0.0);
        assertThat(rule.of(List.of(1.0))).containsOnly(0.0);
    }

    @ParameterizedTest
    @EnumSource
    void aShiftOfAllRewardsChangesNothing(GroupAdvantage rule) {
        List<Double> rewards = List.of(0.25, 1.0, -0.5, 0.0);
        List<Double> shifted = rewards.stream().map(reward -> reward + 8).toList();
        List<Double> advantages = rule.of(rewards);
        for (int i = 0; i < rewards.size(); i++) {
            // The rewards and their shifts are binary fractions, so that only the last roundings differ.
            assertThat(rule.of(shifted).get(i)).isCloseTo(advantages.get(i), within(1e-14));
        }
    }

    @ParameterizedTest
    @EnumSource
    void advantagesFollowTheirRollouts(GroupAdvantage rule) {
        List<Double> rewards = List.of(0.25, 1.0, -0.5, 0.0, 0.75);
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        Collections.shuffle(order, new Random(1));
        List<Double> permuted = rule.of(order.stream().map(rewards::get).toList());
        for (int i = 0; i < order.size(); i++) {
            assertThat(permuted.get(i)).isCloseTo(rule.of(rewards).get(order.get(i)), within(1e-14));
        }
    }

    @Test
    void anUnknownRuleIsRefusedWithTheKnownOnes() {
        assertThat(GroupAdvantage.parse("leave-one-out")).isEqualTo(GroupAdvantage.LEAVE_ONE_OUT);
        assertThatThrownBy(() -> GroupAdvantage.parse("rank"))
                .hasMessage("group advantage must be one of [standardised, centred, leave-one-out], was \"rank\""
                        + " (freshet.grpo.advantage)");
    }
}
