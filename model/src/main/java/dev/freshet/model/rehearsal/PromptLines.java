package dev.freshet.model.rehearsal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prompts with their number of right completions, one JSON object a line. */
final class PromptLines {
    static final String NAME = "prompts.jsonl";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private PromptLines() {}

    private record Line(String text, List<Integer> tokens, String groundTruth, int correct) {
        static Line of(SampledPrompt sampled) {
            Prompt prompt = sampled.prompt();
            List<Integer> tokens =
                    Arrays.stream(prompt.tokens().toArray()).boxed().toList();
            return new Line(prompt.text(), tokens, prompt.groundTruth(), sampled.correct());
        }

        SampledPrompt prompt() {
            int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
            return new SampledPrompt(new Prompt(text, Tokens.of(ids), groundTruth), correct);
        }
    }

    static byte[] write(List<SampledPrompt> prompts) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (SampledPrompt prompt : prompts) {
            lines.append(MAPPER.writeValueAsString(Line.of(prompt))).append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    static List<SampledPrompt> read(Path directory) throws IOException {
        List<SampledPrompt> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(NAME), StandardCharsets.UTF_8)) {
            prompts.add(MAPPER.readValue(line, Line.class).prompt());
        }
        return prompts;
    }
}
