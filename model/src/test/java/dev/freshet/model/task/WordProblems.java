package dev.freshet.model.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes the shipped example file: each kind of story told again and again with other names and numbers, in turn. Run it with
 * the file's path as its argument after a change to the stories; a test holds file and stories together.
 */
final class WordProblems {
    static final int COUNT = 600;

    private static final long SEED = 20260101;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A question and its worked answer. */
    record WordProblem(String question, String answer) {
        WordProblem(String question, WorkedAnswer answer) {
            this(question, answer.finished());
        }

        String line() {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("question", question);
            fields.put("answer", answer);
            try {
                return JSON.writeValueAsString(fields);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private WordProblems() {}

    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of(arguments[0]), lines());
    }

    /** The lines of the file, no two alike. */
    static List<String> lines() {
        List<Function<StoryDraw, WordProblem>> stories = Stream.concat(
                        OneStepStories.ALL.stream(), SeveralStepStories.ALL.stream())
                .toList();
        Set<String> questions = new LinkedHashSet<>();
        Set<String> lines = new LinkedHashSet<>();
        for (int number = 0; lines.size() < COUNT; number++) {
            WordProblem problem = stories.get(number % stories.size()).apply(new StoryDraw(SEED, number));
            if (questions.add(problem.question())) {
                lines.add(problem.line());
            }
        }
        return List.copyOf(lines);
    }
}
