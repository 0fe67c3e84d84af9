package dev.freshet.model.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.digest.Sha256;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.JsonlSettings.Demonstrated;
import dev.freshet.model.text.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Reads files of problems into prompts, and refuses every line that a run could not use. */
final class JsonlReader {
    /** The shipped problems, beside this class among the resources. */
    static final String EXAMPLE = "word-problems.jsonl";

    /**
     * A problem ready for use.
     *
     * @param completion the answer to imitate, empty if none is wanted
     * @param draw uniform in 0..1, fixed by the question alone
     */
    record Row(String question, Prompt prompt, Tokens completion, double draw) {}

    private final JsonlSettings settings;
    private final TextTokenizer tokenizer;

    JsonlReader(JsonlSettings settings, TextTokenizer tokenizer) {
        this.settings = settings;
        this.tokenizer = tokenizer;
    }

    /**
     * Reads the named file, or the shipped example if the name is empty.
     *
     * @param key the setting that names the file
     * @param forbidden questions that must not be in it
     * @throws IllegalArgumentException if there is no such file, or lines of it cannot be used
     */
    List<Row> read(String file, String key, Set<String> forbidden) {
        try (InputStream stream = file.isEmpty() ? example() : open(file, key)) {
            return JsonLines.read(stream, file.isEmpty() ? EXAMPLE : file, line -> row(line, forbidden));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e + " (" + key + ")", e);
        }
    }

    private static InputStream example() {
        InputStream example = JsonlReader.class.getResourceAsStream(EXAMPLE);
        if (example == null) {
            throw new IllegalStateException(EXAMPLE + " is missing from the class path: rebuild");
        }
        return example;
    }

    private static InputStream open(String file, String key) throws IOException {
        if (!Files.isRegularFile(Path.of(file))) {
            throw new IllegalArgumentException("no such file: " + file + " (" + key + ")");
        }
        return Files.newInputStream(Path.of(file));
    }

    private Row row(JsonNode line, Set<String> forbidden) {
        JsonlProblem problem = settings.layout().problem(line);
        if (forbidden.contains(problem.question())) {
            throw new IllegalArgumentException(
                    "the problem is also in " + settings.heldOutFile() + ", which is held out");
        }
        boolean numbers = settings.verifier().kind() == VerifierSettings.Kind.NUMBER;
        if (numbers && AnswerNumber.parse(problem.groundTruth()).isEmpty()) {
            throw new IllegalArgumentException(
                    "the ground truth must be a number, was \"" + problem.groundTruth() + "\"");
        }
        String text = settings.prompted(problem.question());
        Tokens tokens = tokenizer.encode(text);
        if (tokens.size() > settings.maxPromptTokens()) {
            throw new IllegalArgumentException("the prompt must have at most " + settings.maxPromptTokens()
                    + " tokens, had " + tokens.size() + " (freshet.task.jsonl.max-prompt-tokens)");
        }
        Tokens completion = settings.demonstrations() == Demonstrated.ANSWERS
                ? Completions.ended(tokenizer, problem.answer())
                : Tokens.of();
        Prompt prompt = new Prompt(text, tokens, problem.groundTruth());
        return new Row(problem.question(), prompt, completion, draw(problem.question()));
    }

    private static double draw(String question) {
        return (ByteBuffer.wrap(Sha256.of(question)).getLong() >>> 11) * 0x1p-53;
    }
}
