package dev.freshet.ops.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.logging.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints what the policy in training answers to a prompt. */
@Command(name = "sample", description = "Prints completions of a prompt by the current policy, beside training.")
final class CtlSample implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What the policy is to go on from.")
    private String prompt;

    @Option(
            names = "--n",
            defaultValue = "1",
            paramLabel = "N",
            description = "Completions. Default: ${DEFAULT-VALUE}.")
    private int completions;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "0 takes the most likely token; else at least 1e-6. Default: the one in force.")
    private @Nullable Double temperature;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        OptionalDouble heat = temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature);
        PolicySample.Order order = new PolicySample.Order(prompt, completions, heat);
        PolicySample sample = ctl.connection().call(client -> new PolicyClient(client).sample(order));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(toJson(sample));
        } else {
            sample.completions().forEach(completion -> out.println(Printable.of(completion.text())));
        }
        return ExitCode.DONE;
    }

    private static ObjectNode toJson(PolicySample sample) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("policy_version", sample.version().number());
        ArrayNode array = object.putArray("completions");
        for (PolicySample.Completion completion : sample.completions()) {
            array.addObject()
                    .put("text", completion.text())
                    .put("finish_reason", completion.finishReason().name().toLowerCase(Locale.ROOT))
                    .put("log_prob", completion.logProb())
                    .put("tokens", completion.tokens());
        }
        return object;
    }
}
