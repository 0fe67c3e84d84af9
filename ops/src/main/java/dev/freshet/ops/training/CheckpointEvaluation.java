package dev.freshet.ops.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.ops.cli.EvaluationLauncher;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.OutputFormat;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Measures pass@k of a checkpoint, on its run's held-out prompts or on problems from a file. */
public final class CheckpointEvaluation implements EvaluationLauncher {
    @Override
    public int evaluate(Request request, PrintWriter out) throws Exception {
        List<String> overrides = request.data()
                .map(data -> List.of("freshet.task.name=jsonl", "freshet.task.jsonl.file=" + data))
                .orElse(List.of());
        try (CheckpointPolicy policy = CheckpointPolicy.open(request.checkpoint(), overrides)) {
            RunConfiguration configuration = policy.configuration();
            EvaluationSettings settings = configuration.evaluation().forKs(request.ks());
            EvaluationCompleted result =
                    new HeldOutEvaluation(configuration, configuration.task(), settings).measure(policy.registry());
            out.println(request.format() == OutputFormat.JSON ? json(result) : text(result));
        }
        return ExitCode.DONE;
    }

    private static String text(EvaluationCompleted result) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "%s: %d prompts x %d samples", result.version(), result.prompts(), result.samples()));
        new TreeMap<>(result.passAtK())
                .forEach((k, pass) -> line.append(String.format(Locale.ROOT, "  pass@%d %.4f", k, pass)));
        return line.append(String.format(Locale.ROOT, "  distinct correct %.2f", result.distinctCorrect()))
                .toString();
    }

    private static String json(EvaluationCompleted result) {
        ObjectNode node = JsonMapper.builder().build().createObjectNode();
        node.put("suite", result.suite());
        node.put("policy_version", result.version().number());
        node.put("prompts", result.prompts());
        node.put("samples", result.samples());
        ObjectNode passes = node.putObject("pass_at_k");
        new TreeMap<>(result.passAtK()).forEach((k, pass) -> passes.put(Integer.toString(k), pass));
        node.put("distinct_correct", result.distinctCorrect());
        node.put("seconds", result.seconds());
        return node.toString();
    }
}
