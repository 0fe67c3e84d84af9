package dev.freshet.ops.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicyClient.Measured;
import dev.freshet.streams.EvaluationMeasures;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Measures the policy in training. */
@Command(name = "evaluate", description = "Measures pass@k of the current policy on held-out prompts, beside training.")
final class CtlEvaluate implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Option(
            names = "--suite",
            defaultValue = "held_out",
            paramLabel = "NAME",
            description = "A suite of the run's task. Default: ${DEFAULT-VALUE}.")
    private String suite;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Measured measured = ctl.connection().call(client -> new PolicyClient(client).evaluate(suite));
        spec.commandLine().getOut().println(json ? toJson(measured).toString() : toText(measured));
        return ExitCode.DONE;
    }

    private static String toText(Measured measured) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d prompts x %d samples",
                measured.version(),
                measured.prompts(),
                measured.samples()));
        measured.passAtK().forEach((k, pass) -> line.append(String.format(Locale.ROOT, "  pass@%d %.4f", k, pass)));
        line.append(String.format(Locale.ROOT, "  distinct correct %.2f", measured.distinctCorrect()));
        double change = measured.measures().changeSinceStart();
        if (!Double.isNaN(change)) {
            line.append(String.format(Locale.ROOT, "  since the start %+.4f", change));
        }
        int unverified = measured.measures().unverified().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        return unverified == 0 ? line.toString() : line + "  not verified " + unverified;
    }

    private static ObjectNode toJson(Measured measured) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("suite", measured.suite());
        object.put("policy_version", measured.version().number());
        object.put("prompts", measured.prompts());
        object.put("samples", measured.samples());
        ObjectNode passes = object.putObject("pass_at_k");
        measured.passAtK().forEach((k, pass) -> passes.put(Integer.toString(k), pass));
        put(object, "mean_reward", measured.meanReward());
        put(object, "distinct_correct", measured.distinctCorrect());
        EvaluationMeasures measures = measured.measures();
        put(object, "pass_at_1_change", measures.changeSinceStart());
        put(object, "entropy", measures.entropy());
        ObjectNode distinct = object.putObject("distinct_ngrams");
        new TreeMap<>(measures.distinctNgrams()).forEach((n, share) -> put(distinct, Integer.toString(n), share));
        put(object, "self_bleu", measures.selfBleu());
        ObjectNode divergences = object.putObject("divergences");
        new TreeMap<>(measures.divergences()).forEach((spec, value) -> put(divergences, spec, value));
        ObjectNode unverified = object.putObject("unverified");
        new TreeMap<>(measures.unverified()).forEach(unverified::put);
        return object;
    }

    /** JSON has no NaN. */
    private static void put(ObjectNode object, String name, double value) {
        if (Double.isFinite(value)) {
            object.put(name, value);
        } else {
            object.putNull(name);
        }
    }
}
