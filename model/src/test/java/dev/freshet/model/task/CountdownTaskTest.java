package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.Task.Demonstrations;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountdownTaskTest {
    private static final int TRAINED_KEYS = 776;
    private static final int DEMONSTRATIONS = 20_000;

    private final CountdownTask task = task(30, 11);

    @Test
    void hasTheProblemsOfTheRecipe() {
        CountdownKeys keys = new CountdownKeys();
        List<CountdownKey> all = keys.matching(key -> true);
        assertThat(all).hasSize(1264);
        assertThat(keys.matching(CountdownKey::isHeldOut)).hasSize(249);
        assertThat(keys.matching(key -> !key.isHeldOut() && key.target() < 30)).hasSize(TRAINED_KEYS);
        assertThat(keys.matching(key -> key.isHeldOut() && key.target() < 30)).hasSize(182);
        assertThat(keys.matching(key -> key.target() >= 30)).hasSize(306);
        assertThat(all.stream().mapToInt(key -> keys.solutions(key).size()).min())
                .hasValue(2);
        assertThat(all.stream().mapToInt(key -> keys.solutions(key).size()).max())
                .hasValue(12);
        assertThat(keys.solutions(CountdownKey.of(7, 3, 5, 22))).containsExactly("3*5+7", "5*3+7", "7+3*5", "7+5*3");
    }

    @Test
    void asksForATargetFromThreeDigits() {
        for (int sequence = 0; sequence < 500; sequence++) {
            Prompt prompt = task.trainingPrompt(sequence);
            assertThat(prompt.text()).matches("[1-9]{3}=[0-2]\\d\\?");
            assertThat(prompt.tokens()).isEqualTo(task.tokenizer().encode(prompt.text()));
            assertThat(sortedDigits(prompt.text()) + prompt.text().substring(3, 6))
                    .isEqualTo(prompt.groundTruth());
        }
    }

    @Test
    void eachEpochAsksEveryTrainedProblemOnceInAnOrderOfItsOwn() {
        List<String> first = problems(0);
        List<String> second = problems(1);
        assertThat(new HashSet<>(first)).hasSize(TRAINED_KEYS);
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        assertThat(task.trainingPrompt(0)).isEqualTo(task(30, 11).trainingPrompt(0));
        assertThat(task(30, 12).trainingPrompt(0)).isNotEqualTo(task.trainingPrompt(0));
    }

    private List<String> problems(int epoch) {
        return IntStream.range(epoch * TRAINED_KEYS, (epoch + 1) * TRAINED_KEYS)
                .mapToObj(task::trainingPrompt)
                .map(Prompt::groundTruth)
                .toList();
    }

    @Test
    void aProblemsDigitsComeInManyOrders() {
        String first = task.trainingPrompt(0).groundTruth();
        Set<String> orders = IntStream.range(0, 40 * TRAINED_KEYS)
                .mapToObj(task::trainingPrompt)
                .filter(prompt -> prompt.groundTruth().equals(first))
                .map(Prompt::text)
                .collect(Collectors.toSet());
        assertThat(orders).hasSizeGreaterThan(1);
    }

    @Test
    void noHeldOutProblemIsEverTrainedOrDemonstrated() {
        Set<String> heldOut = groundTruths(task.heldOut());
        Set<String> heldOutAdditions =
                task.addition().stream().map(Prompt::text).collect(Collectors.toSet());
        Set<String> far = groundTruths(task.far());
        assertThat(IntStream.range(0, 10 * TRAINED_KEYS).mapToObj(task::trainingPrompt))
                .noneMatch(prompt -> heldOut.contains(prompt.groundTruth()) || far.contains(prompt.groundTruth()));
        Demonstrations demonstrations = task.demonstrations().orElseThrow();
        assertThat(IntStream.range(0, DEMONSTRATIONS)
                        .mapToObj(i -> demonstrations.get(i).prompt()))
                .noneMatch(
                        prompt -> heldOut.contains(prompt.groundTruth()) || heldOutAdditions.contains(prompt.text()));
    }

    @Test
    void eachRoundOfASuiteAsksEveryProblemOnce() {
        assertThat(groundTruths(task.heldOut().subList(0, 182))).hasSize(182);
        assertThat(groundTruths(task.far().subList(0, 306))).hasSize(306);
        assertThat(task.heldOut())
                .doesNotHaveDuplicates()
                .isEqualTo(task(30, 99).heldOut());
        assertThat(task(100, 11).far()).isEmpty();
        assertThat(groundTruths(task(100, 11).heldOut())).hasSize(249);
    }

    @Test
    void hasASuiteForFarTargetsWhereThereAreAnyAndOneForTheSecondSkill() {
        assertThat(task.suites()).extracting(EvaluationSuite::name).containsExactly("held_out", "far", "addition");
        assertThat(task.suites())
                .extracting(suite -> suite.prompts().get())
                .containsExactly(task.heldOut(), task.far(), task.addition());
        assertThat(task(100, 11).suites()).extracting(EvaluationSuite::name).containsExactly("held_out", "addition");
    }

    @Test
    void theSecondSkillHoldsOutAFifthOfAllSums() {
        assertThat(task.addition()).hasSize(2002);
        Prompt prompt = task.addition().get(0);
        assertThat(prompt.text()).matches("#\\d\\d\\+\\d\\d=");
        int sum = Integer.parseInt(prompt.text().substring(1, 3))
                + Integer.parseInt(prompt.text().substring(4, 6));
        assertThat(Verdicts.ofStopped(task.verifier(), prompt.groundTruth(), "" + sum))
                .isEqualTo(Verdicts.reward(1));
        assertThat(Verdicts.ofStopped(task.verifier(), prompt.groundTruth(), "1+1"))
                .isEqualTo(Verdicts.reward(0));
    }

    @Test
    void demonstrationsAreRightAndThreeTenthsOfThemAreSums() {
        Demonstrations demonstrations = task.demonstrations().orElseThrow();
        int sums = 0;
        for (int index = 0; index < DEMONSTRATIONS; index++) {
            Demonstration demonstration = demonstrations.get(index);
            String text = task.tokenizer().decode(demonstration.completion());
            assertThat(text).endsWith(";");
            String answer = text.substring(0, text.length() - 1);
            String groundTruth = demonstration.prompt().groundTruth();
            assertThat(Verdicts.ofStopped(task.verifier(), groundTruth, answer)).isEqualTo(Verdicts.reward(1));
            sums += demonstration.prompt().text().startsWith("#") ? 1 : 0;
        }
        // Four standard errors of a binomial count with probability 0.3.
        assertThat((double) sums).isCloseTo(DEMONSTRATIONS * 0.3, within(4 * Math.sqrt(DEMONSTRATIONS * 0.3 * 0.7)));
    }

    @Test
    void demonstrationsShowEverySolutionAndTargetsThatRlNeverTrains() {
        Demonstrations demonstrations = task.demonstrations().orElseThrow();
        Set<String> shown = IntStream.range(0, 60_000)
                .mapToObj(demonstrations::get)
                .filter(demonstration -> demonstration.prompt().groundTruth().indexOf('=') > 0)
                .map(demonstration -> task.tokenizer().decode(demonstration.completion()))
                .collect(Collectors.toSet());
        CountdownKeys keys = new CountdownKeys();
        long taught = keys.matching(key -> !key.isHeldOut()).stream()
                .mapToLong(key -> keys.solutions(key).size())
                .sum();
        // A solution of a problem with 12 is shown with probability 0.7 / 1015 / 12 a time: some few may be missed.
        assertThat((double) shown.size()).isGreaterThan(0.97 * taught);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100})
    void everyTargetLimitLeavesSomethingToTrain(int limit) {
        assertThat(task(limit, 11).trainingPrompt(0).groundTruth()).contains("=");
    }

    private static CountdownTask task(int targetLimit, long seed) {
        return new CountdownTask(new CountdownSettings(targetLimit, 0.3), seed);
    }

    private static Set<String> groundTruths(List<Prompt> prompts) {
        return prompts.stream().map(Prompt::groundTruth).collect(Collectors.toSet());
    }

    private static String sortedDigits(String prompt) {
        return prompt.substring(0, 3)
                .chars()
                .sorted()
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
