package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.Task.Demonstrations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArithmeticTaskTest {
    private static final int DEMONSTRATIONS = 100_000;
    private static final int TRAINING = 7_998;
    private static final int HELD_OUT = 2_002;

    private final ArithmeticTask task = task(2, 2, 0.5, 11);

    @Test
    void asksForSumsOfTwoPaddedNumbers() {
        for (Prompt prompt : firstPrompts(task, 500)) {
            assertThat(prompt.text()).matches("\\d\\d\\+\\d\\d=");
            assertThat(prompt.tokens()).isEqualTo(task.tokenizer().encode(prompt.text()));
            int sum = Integer.parseInt(prompt.text().substring(0, 2))
                    + Integer.parseInt(prompt.text().substring(3, 5));
            assertThat(prompt.groundTruth()).isEqualTo(Integer.toString(sum));
        }
    }

    @Test
    void aFifthOfAllPairsIsHeldOut() {
        assertThat(task.heldOut()).hasSize(HELD_OUT);
        assertThat(texts(task.heldOut())).hasSize(HELD_OUT);
        assertThat(texts(firstPrompts(task, TRAINING))).hasSize(TRAINING);
        assertThat(TRAINING + HELD_OUT).isEqualTo(100 * 100);
    }

    @Test
    void theRuleOfTheRecipeDecidesWhatIsHeldOut() {
        Set<String> expected = new HashSet<>();
        for (int first = 0; first < 100; first++) {
            for (int second = 0; second < 100; second++) {
                if ((first * 7919 + second * 104729 + 43 * 31) % 1009 % 5 == 0) {
                    expected.add(String.format("%02d+%02d=", first, second));
                }
            }
        }
        assertThat(texts(task.heldOut())).isEqualTo(expected);
    }

    @Test
    void noHeldOutPromptIsEverTrainedOrDemonstrated() {
        for (ArithmeticTask each : List.of(task, task(1, 3, 0.5, 12))) {
            Set<String> heldOut = texts(each.heldOut());
            assertThat(firstPrompts(each, 20_000)).noneMatch(prompt -> heldOut.contains(prompt.text()));
            assertThat(demonstrations(each, 20_000))
                    .noneMatch(d -> heldOut.contains(d.prompt().text()));
        }
    }

    @Test
    void eachEpochAsksEveryTrainingPromptOnceInAnOrderOfItsOwn() {
        List<Prompt> first = firstPrompts(task, TRAINING);
        List<Prompt> second = IntStream.range(TRAINING, 2 * TRAINING)
                .mapToObj(task::trainingPrompt)
                .toList();
        assertThat(Set.copyOf(second)).hasSize(TRAINING).isEqualTo(Set.copyOf(first));
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void theOrderDependsOnTheSeedOnlyAndTheHeldOutPromptsNotAtAll() {
        ArithmeticTask same = task(2, 2, 0.9, 11);
        ArithmeticTask other = task(2, 2, 0.5, 12);
        assertThat(firstPrompts(same, 100)).isEqualTo(firstPrompts(task, 100)).isNotEqualTo(firstPrompts(other, 100));
        assertThat(other.heldOut()).isEqualTo(task.heldOut());
    }

    @Test
    void theFirstHeldOutPromptsAreAFairSample() {
        List<Prompt> first = task.heldOut().subList(0, 256);
        double meanOfFirstNumber = first.stream()
                .mapToInt(prompt -> Integer.parseInt(prompt.text().substring(0, 2)))
                .average()
                .orElseThrow();
        // Four standard errors of a mean of 256 numbers uniform in 0..99, standard deviation 28.9.
        assertThat(meanOfFirstNumber).isCloseTo(49.5, within(4 * 28.9 / 16));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.8, 1})
    void theTeacherIsRightAsOftenAsItsAccuracySays(double accuracy) {
        ArithmeticTask taught = task(2, 2, accuracy, 11);
        int right = 0;
        Map<Integer, Integer> slips = new HashMap<>();
        for (Demonstration demonstration : demonstrations(taught, DEMONSTRATIONS)) {
            int slip = answer(taught, demonstration)
                    - Integer.parseInt(demonstration.prompt().groundTruth());
            if (slip == 0) {
                right++;
            } else {
                slips.merge(slip, 1, Integer::sum);
            }
        }
        assertThat((double) right).isCloseTo(DEMONSTRATIONS * accuracy, within(fourErrors(accuracy)));
        double each = (1 - accuracy) / 4;
        assertThat(slips.keySet()).isSubsetOf(-10, -1, 1, 10);
        assertThat(slips.values())
                .allSatisfy(n -> assertThat((double) n).isCloseTo(DEMONSTRATIONS * each, within(fourErrors(each))));
    }

    /** Four standard errors of a count of demonstrations with the given probability; an exact count at 0 and 1. */
    private static double fourErrors(double probability) {
        return 4 * Math.sqrt(DEMONSTRATIONS * probability * (1 - probability));
    }

    @Test
    void demonstrationsEndWithTheStopTokenAndFitFourTokens() {
        for (Demonstration demonstration : demonstrations(task, 5_000)) {
            Tokens completion = demonstration.completion();
            assertThat(completion.size()).isBetween(2, 4);
            assertThat(task.tokenizer().stopTokens()).contains(completion.get(completion.size() - 1));
        }
    }

    @Test
    void aDemonstrationCanBeHadByItsNumberAlone() {
        Demonstrations again = task(2, 2, 0.5, 11).demonstrations().orElseThrow();
        assertThat(again.get(9_999_999_999L))
                .isEqualTo(task.demonstrations().orElseThrow().get(9_999_999_999L))
                .isNotEqualTo(again.get(9_999_999_998L));
    }

    @Test
    void severalLengthsTakeTurnsAndAllPromptsAreEquallyWide() {
        ArithmeticTask mixed = task(1, 3, 0.5, 11);
        for (int sequence = 0; sequence < 300; sequence++) {
            String text = mixed.trainingPrompt(sequence).text();
            assertThat(text).matches("\\d{3}\\+\\d{3}=");
            assertThat(digits(text)).isEqualTo(1 + sequence % 3);
        }
        assertThat(mixed.heldOut().subList(0, 30).stream().map(prompt -> digits(prompt.text())))
                .filteredOn(digits -> digits == 1)
                .hasSize(10);
    }

    @Test
    void severalLengthsDivideAllPairsBetweenThem() {
        ArithmeticTask mixed = task(1, 2, 0.5, 11);
        // Prompts take turns, so the 81 one-digit pairs come round many times before the others have all come once.
        Set<String> trained = texts(firstPrompts(mixed, 2 * TRAINING));
        assertThat(trained.size() + mixed.heldOut().size()).isEqualTo(100 * 100);
        assertThat(mixed.heldOut()).hasSize(HELD_OUT).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "42 | 42 | 1",
                "42 | 43 | 0",
                "42 | 042 | 0",
                "42 | +42 | 0",
                "42 | \" 42\" | 0",
                "42 | \"42 \" | 0",
                "42 | 42; | 0",
                "42 | 42=42 | 0",
                "42 | \"\" | 0",
                "42 | ４２ | 0",
                "42 | 42\uFFFD | 0",
                "0 | 0 | 1",
                "0 | -0 | 0",
                "0 | 00 | 0",
            })
    void onlyTheSumToTheLetterIsRight(String sum, String text, double expected) {
        assertThat(Verdicts.ofStopped(task.verifier(), sum, text)).isEqualTo(Verdicts.reward(expected));
    }

    @Test
    void aSumThatNeverEndsIsWrong() {
        assertThat(Verdicts.ofCutOff(task.verifier(), "42", "42")).isEqualTo(Verdicts.reward(0));
    }

    private static ArithmeticTask task(int minDigits, int maxDigits, double accuracy, long seed) {
        return new ArithmeticTask(new ArithmeticSettings(minDigits, maxDigits, accuracy), seed);
    }

    private static List<Prompt> firstPrompts(Task task, int count) {
        return IntStream.range(0, count).mapToObj(task::trainingPrompt).toList();
    }

    private static List<Demonstration> demonstrations(Task task, int count) {
        Demonstrations demonstrations = task.demonstrations().orElseThrow();
        List<Demonstration> first = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            first.add(demonstrations.get(index));
        }
        return first;
    }

    private static Set<String> texts(List<Prompt> prompts) {
        Set<String> texts = new HashSet<>();
        prompts.forEach(prompt -> texts.add(prompt.text()));
        return texts;
    }

    private static int answer(Task task, Demonstration demonstration) {
        String text = task.tokenizer().decode(demonstration.completion());
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }

    /** The number of digits of the larger number, without padding. */
    private static int digits(String prompt) {
        String[] numbers = prompt.substring(0, prompt.length() - 1).split("\\+", 2);
        int larger = Math.max(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        return Integer.toString(larger).length();
    }
}
