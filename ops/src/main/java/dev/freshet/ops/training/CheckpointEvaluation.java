package dev.freshet.ops.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigUtil;
import dev.freshet.model.answers.AnswerQuality;
import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.model.task.EvaluationSuite;
import dev.freshet.model.task.JsonlSettings;
import dev.freshet.model.task.JsonlTask;
import dev.freshet.model.task.Task;
import dev.freshet.ops.cli.EvaluationLauncher;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.OutputFormat;
import dev.freshet.streams.Asker;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Measures pass@k of a checkpoint, on its run's held-out prompts or on all problems of a file. */
public final class CheckpointEvaluation implements EvaluationLauncher {
    @Override
    public int evaluate(Request request, PrintWriter out) throws Exception {
        if (request.answers().isPresent()) {
            out.println(answers(request, request.answers().get()));
            return ExitCode.DONE;
        }
        List<String> overrides = new ArrayList<>();
        request.data().ifPresent(data -> overrides.addAll(allOf(data)));
        overrides.addAll(request.overrides());
        try (CheckpointPolicy policy = CheckpointPolicy.open(request.checkpoint(), overrides)) {
            RunConfiguration configuration = policy.configuration();
            Task task = request.data().isPresent() ? problems(configuration) : configuration.task();
            EvaluationSettings settings = configuration.evaluation().forKs(request.ks());
            EvaluationSuite suite = new EvaluationSuite(
                    request.data()
                            .map(data -> String.valueOf(data.getFileName()))
                            .orElse(Task.HELD_OUT),
                    task::heldOut);
            EvaluationCompleted result = new HeldOutEvaluation(EvaluationScope.of(configuration), suite, task, settings)
                    .measure(policy.registry(), Asker.CALLER);
            out.println(request.format() == OutputFormat.JSON ? json(result) : text(result));
        }
        return ExitCode.DONE;
    }

    /** The whole file is measured, whatever part of its data the run holds out. */
    private static List<String> allOf(Path data) {
        return List.of(
                "freshet.task.jsonl.file=" + ConfigUtil.quoteString(data.toString()),
                "freshet.task.jsonl.held-out-file=",
                "freshet.task.jsonl.held-out-share=1",
                "freshet.task.jsonl.demonstrations=none",
                "freshet.evaluation.prompts=" + Integer.MAX_VALUE);
    }

    /** The file's problems in the tokens of the run's own task, which are those that the checkpoint knows. */
    private static Task problems(RunConfiguration configuration) {
        return JsonlTask.load(
                JsonlSettings.from(configuration.config()), configuration.task().tokenizer(), configuration.seed());
    }

    private static String answers(Request request, Path file) throws Exception {
        Map<String, Double> means = AnswerQuality.means(
                AnswerEvaluation.of(request.checkpoint(), request.overrides(), KnownAnswer.read(file)));
        if (request.format() == OutputFormat.JSON) {
            return JsonMapper.builder().build().writeValueAsString(means);
        }
        return means.entrySet().stream()
                .map(mean -> String.format(Locale.ROOT, "%s %.4f", mean.getKey(), mean.getValue()))
                .collect(Collectors.joining("  "));
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
