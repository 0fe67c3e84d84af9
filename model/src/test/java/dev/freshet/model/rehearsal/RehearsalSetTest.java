package dev.freshet.model.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RehearsalSetTest {
    @ParameterizedTest
    @ValueSource(strings = {"6", "7", "8"})
    void whatIsMasteredAgreesWithTheVectors(String masteredFrom) throws IOException {
        JsonNode split = new ObjectMapper()
                .readTree(Path.of("src/test/resources/vectors/dph.json").toFile())
                .get("split");
        List<SampledPrompt> prompts = new ArrayList<>();
        for (String name : List.of("q1", "q2", "q3", "q4", "q5")) {
            int correct = 0;
            for (JsonNode one : split.get("correct").get(name)) {
                correct += one.intValue();
            }
            prompts.add(Sets.prompt(name, correct));
        }
        RehearsalOrigin origin =
                new RehearsalOrigin("countdown", Sets.MODEL, "ab", 8, Integer.parseInt(masteredFrom), 0, 1);
        RehearsalSet set = new RehearsalSet(origin, prompts, List.of(Sets.SHORT));

        List<String> mastered = new ArrayList<>(List.of("q1", "q2", "q3", "q4", "q5"));
        mastered.removeAll(set.exploration().stream().map(Prompt::text).toList());
        List<String> expected = new ArrayList<>();
        split.get("D_pef").get(masteredFrom).forEach(name -> expected.add(name.textValue()));
        assertThat(mastered).isEqualTo(expected);
    }

    @Test
    void aRunOfAnotherTaskModelOrPolicyCannotUseIt() {
        RehearsalSet set = Sets.set();
        assertThatCode(() -> set.requireFits("countdown", Sets.MODEL, 20)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.requireFits("strings", Sets.MODEL, 20))
                .withMessage(
                        "a rehearsal set must be of the run's task strings, was of countdown (freshet.rehearsal.from,"
                                + " freshet.task.name): prepare one for it with freshet rehearsal");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.requireFits("countdown", Map.of("layers", "2"), 20))
                .withMessage("a rehearsal set must be of the run's model {layers=2}, was of {layers=1, vocabulary=20}"
                        + " (freshet.rehearsal.from, freshet.model): prepare one for it with freshet rehearsal");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.requireFits("countdown", Sets.MODEL, 19))
                .withMessage("a token of a rehearsal sequence must be in 0..18, was 19 (freshet.rehearsal.from)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.requireOf(List.of()))
                .withMessageContaining("must be of the policy that the run begins from")
                .withMessageContaining(Sets.ORIGIN.policy());
    }

    @Test
    void aSetWithNothingToRehearseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RehearsalSet(Sets.ORIGIN, List.of(Sets.prompt("hard", 3)), List.of()))
                .withMessage(
                        "a rehearsal set must have at least one sequence, had none: of 1 prompts none was answered rightly at"
                                + " least 7 times out of 8 and once more; lower freshet.rehearsal.sampling.mastered-from, raise"
                                + " freshet.rehearsal.sampling.prompts, or take a policy that can do more");
    }

    @Test
    void sequencesHaveALogProbAToken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RehearsalSequence(Tokens.of(1), Tokens.of(2, 3), LogProbs.of(-1), 1))
                .withMessageContaining("one log-prob a token of the completion; had 1, 2 and 1 log-probs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RehearsalSequence(Tokens.of(1), Tokens.of(2), LogProbs.of(Float.NaN), 1))
                .withMessage("a log-prob of a rehearsal sequence must be finite and at most 0, was NaN at token 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RehearsalSequence(Tokens.of(1), Tokens.of(2), LogProbs.of(0.5f), 1))
                .withMessageEndingWith("was 0.5 at token 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompts = 0 | prompts must be at least 1, was 0 (freshet.rehearsal.sampling.prompts)",
                "samples = 0 | samples must be at least 1, was 0 (freshet.rehearsal.sampling.samples)",
                "mastered-from = 9 | mastered-from must be in 1..8, which are the samples, was 9"
                        + " (freshet.rehearsal.sampling.mastered-from, freshet.rehearsal.sampling.samples)",
            })
    void badSettingsAreRefused(String setting, String refusal) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RehearsalSettings.from(
                        ConfigFactory.parseString("freshet.rehearsal.sampling { " + setting + " }")
                                .withFallback(ConfigFactory.parseResources("learning.conf"))))
                .withMessage(refusal);
    }
}
