package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountdownVerifierTest {
    private final CountdownVerifier verifier = new CountdownVerifier();

    @ParameterizedTest(name = "{1} for {0} earns {2}: {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "357=22 | 3*5+7 | 1 | an answer",
                "357=22 | 7+3*5 | 1 | another; times binds tighter",
                "357=22 | 3+5*7 | 0 | 38",
                "357=50 | 7+3*5 | 0 | 50 only from left to right",
                "357=01 | 3+5-7 | 1 | from left to right",
                "357=05 | 7-5+3 | 1 | minus then plus, from left to right",
                "357=09 | 7-3+5 | 1 | not 7-(3+5)",
                "222=04 | 2*2*2 | 0 | 8",
                "222=08 | 2*2*2 | 1 | the same digit thrice",
                "222=02 | 2+2-2 | 1 | the same digit thrice",
                "357=22 | 3*5+8 | 0 | a digit that was not given",
                "357=22 | 3*5+5 | 0 | a digit used twice",
                "335=18 | 3*5+3 | 1 | a digit given twice",
                "335=28 | 5*5+3 | 0 | the wrong one used twice",
                "357=22 | 22 | 0 | the target itself",
                "357=22 | 3*5 | 0 | a digit left out",
                "357=22 | 3*5+7+0 | 0 | trailing text",
                "357=22 | 3*5+7= | 0 | trailing text",
                "357=22 | \"3*5+7 \" | 0 | trailing space",
                "357=22 | \" 3*5+7\" | 0 | leading space",
                "357=22 | 3*5+7; | 0 | a stop inside the text",
                "357=22 | (3*5)+7 | 0 | brackets",
                "357=22 | 7+(3*5) | 0 | brackets",
                "357=02 | 7-5/3 | 0 | an operator that is not allowed",
                "357=22 | 35-13 | 0 | digits run together",
                "357=22 | 3**57 | 0 | operators run together",
                "357=22 | -3*57 | 0 | a sign",
                "357=22 | ３*５+７ | 0 | digits of another alphabet",
                "357=22 | 3×5+7 | 0 | another sign for times",
                "357=22 | 3*5+\uD83D\uDE00 | 0 | junk",
                "357=22 | \"\" | 0 | nothing",
                "82 | 82 | 1 | the second skill",
                "82 | 3*5+7 | 0 | the first skill in place of the second",
            })
    void judges(String problem, String text, double expected, String why) {
        assertThat(Verdicts.ofStopped(verifier, problem, text)).as(why).isEqualTo(Verdicts.reward(expected));
    }

    @Test
    void anAnswerThatNeverEndsIsWrong() {
        assertThat(Verdicts.ofCutOff(verifier, "357=22", "3*5+7")).isEqualTo(Verdicts.reward(0));
    }

    /** The verifier parses, the task enumerates: two ways to the same solutions. */
    @Test
    void acceptsExactlyTheSolutionsThatWereEnumerated() {
        CountdownKeys keys = new CountdownKeys();
        List<CountdownKey> all = keys.matching(key -> true);
        Set<String> texts = new HashSet<>();
        all.forEach(key -> texts.addAll(keys.solutions(key)));
        for (CountdownKey key : all) {
            Set<String> accepted = new HashSet<>();
            for (String order : key.digitOrders()) {
                for (String text : spellings(order)) {
                    if (Verdicts.ofStopped(verifier, key.text(), text).equals(Verdicts.reward(1))) {
                        accepted.add(text);
                    }
                }
            }
            assertThat(accepted).isEqualTo(Set.copyOf(keys.solutions(key)));
        }
        assertThat(texts).hasSizeGreaterThan(1264);
    }

    private static Set<String> spellings(String digits) {
        Set<String> texts = new HashSet<>();
        for (String first : List.of("+", "-", "*")) {
            for (String second : List.of("+", "-", "*")) {
                texts.add(digits.charAt(0) + first + digits.charAt(1) + second + digits.charAt(2));
            }
        }
        return texts;
    }
}
