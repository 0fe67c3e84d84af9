package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.CountdownSettings;
import dev.freshet.model.task.CountdownTask;
import dev.freshet.ops.cli.EvaluationLauncher.Request;
import dev.freshet.ops.cli.OutputFormat;
import dev.freshet.ops.training.CheckpointEvaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Additions, which the warm-up of countdown teaches and RL never trains: what a policy forgets of them it forgets by the way.
 *
 * @param prompts one JSON object a line, as {@code freshet eval --data} reads them
 */
record SecondSkill(Path prompts) {
    private static final List<String> SETTINGS = List.of(
            "freshet.task.jsonl.layout=prompt",
            "freshet.task.jsonl.verifier.kind=exact",
            "freshet.evaluation.samples=8");

    /** Writes a file of so many additions that neither warm-up nor RL has. */
    static SecondSkill write(Path file, int count) throws IOException {
        List<Prompt> additions = new CountdownTask(new CountdownSettings(30, 0.3), 0).addition();
        JsonMapper mapper = new JsonMapper();
        List<String> lines = new ArrayList<>();
        for (Prompt prompt : additions.subList(0, Math.min(count, additions.size()))) {
            lines.add(mapper.writeValueAsString(Map.of("prompt", prompt.text(), "ground_truth", prompt.groundTruth())));
        }
        Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
        Files.write(file, lines);
        return new SecondSkill(file);
    }

    double passAt1(Path checkpoint) throws Exception {
        StringWriter json = new StringWriter();
        try (PrintWriter out = new PrintWriter(json)) {
            var unused = new CheckpointEvaluation()
                    .evaluate(
                            new Request(checkpoint, Optional.of(prompts), SETTINGS, List.of(1), OutputFormat.JSON),
                            out);
        }
        return new JsonMapper().readTree(json.toString()).at("/pass_at_k/1").asDouble(Double.NaN);
    }
}
