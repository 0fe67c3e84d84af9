package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordProblemsTest {
    private static final Pattern STEP = Pattern.compile("(\\d+)([-+*/])(\\d+) = <<\\1\\2\\3=(\\d+)>>\\4");
    private static final Pattern INTEGER = Pattern.compile("\\d+");

    /** Two halves or sides, three days, a dozen, minutes of an hour, per cent. */
    private static final Set<Integer> COMMON_KNOWLEDGE = Set.of(2, 3, 12, 60, 100);

    @Test
    void theShippedFileIsWhatTheStoriesTell() throws IOException {
        try (InputStream shipped = shipped()) {
            String text = new String(shipped.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text)
                    .as("write it anew with WordProblems.main")
                    .isEqualTo(String.join("\n", WordProblems.lines()) + "\n");
        }
    }

    @Test
    void hasAtLeastFiveHundredDistinctQuestions() throws IOException {
        List<String> questions = problems().stream()
                .map(problem -> problem.get("question").asText())
                .toList();
        assertThat(questions).hasSizeGreaterThanOrEqualTo(500).doesNotHaveDuplicates();
    }

    @Test
    void everyStepIsWorkedOutRightFromWhatIsKnown() throws IOException {
        for (JsonNode problem : problems()) {
            String answer = problem.get("answer").asText();
            Set<Integer> known = new HashSet<>(COMMON_KNOWLEDGE);
            INTEGER.matcher(problem.get("question").asText())
                    .results()
                    .forEach(number -> known.add(Integer.parseInt(number.group())));
            List<MatchResult> steps = STEP.matcher(answer).results().toList();
            assertThat(steps).as(answer).isNotEmpty();
            for (MatchResult step : steps) {
                int left = Integer.parseInt(step.group(1));
                int right = Integer.parseInt(step.group(3));
                assertThat(known).as(answer).contains(left, right);
                assertThat(Integer.parseInt(step.group(4))).as(answer).isEqualTo(value(left, step.group(2), right));
                known.add(Integer.parseInt(step.group(4)));
            }
            assertThat(answer).endsWith("\n#### " + steps.get(steps.size() - 1).group(4));
        }
    }

    @Test
    void everyAnswerSatisfiesItsVerifier() throws IOException {
        NumberVerifier verifier = new NumberVerifier(NumberVerifier.Unfinished.WRONG);
        for (JsonNode line : problems()) {
            JsonlProblem problem = JsonlLayout.GSM8K.problem(line);
            assertThat(Verdicts.ofStopped(verifier, problem.groundTruth(), problem.answer()))
                    .isEqualTo(Verdicts.reward(1));
        }
    }

    private static int value(int left, String operator, int right) {
        if (operator.equals("/")) {
            assertThat(left % right).isZero();
        }
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            default -> left / right;
        };
    }

    private static List<JsonNode> problems() throws IOException {
        try (InputStream shipped = shipped()) {
            return JsonLines.read(shipped, JsonlReader.EXAMPLE, line -> line);
        }
    }

    private static InputStream shipped() throws IOException {
        InputStream shipped = WordProblems.class.getResourceAsStream(JsonlReader.EXAMPLE);
        if (shipped == null) {
            throw new IOException(JsonlReader.EXAMPLE + " is missing");
        }
        return shipped;
    }
}
