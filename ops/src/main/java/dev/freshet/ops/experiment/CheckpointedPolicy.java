package dev.freshet.ops.experiment;

import com.typesafe.config.Config;
import dev.freshet.actors.GroupVerification;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.TaskSettings;
import dev.freshet.model.task.Tasks;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.streams.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** The policy in a checkpoint of a run, with the run's task, as an experiment measures it. Holds nothing open between its methods. */
record CheckpointedPolicy(Checkpoint checkpoint, Config config, Task task) {
    private static final int GROUP = 500;

    /** @param overrides of the run's settings, each {@code key=value} */
    static CheckpointedPolicy of(Path run, Path checkpoint, List<String> overrides) {
        Config config = new SettingsLoader().load(new RunFiles(run).config(), overrides);
        Task task = Tasks.create(TaskSettings.from(config), config.getLong("freshet.train.seed"));
        return new CheckpointedPolicy(Checkpoint.open(checkpoint), config, task);
    }

    /**
     * Answers to the task's first prompt.
     *
     * @param answers a multiple of {@value #GROUP}
     * @param seed of the draws; keep it apart from a run's
     */
    PolicySample sample(int answers, long seed) throws IOException {
        return answers(Collections.nCopies(answers / GROUP, task.trainingPrompt(0)), GROUP, temperature(), seed);
    }

    /**
     * So many answers to each prompt, in the prompts' order.
     *
     * @param seed of the draws; keep it apart from a run's
     */
    PolicySample answers(List<Prompt> prompts, int each, double temperature, long seed) throws IOException {
        GroupVerification verification = new GroupVerification(task);
        List<VerifiedGroup> groups = new ArrayList<>();
        try (WeightRegistry registry = new WeightRegistry(decoder(), ComputeDevice.CPU)) {
            registry.publish(checkpoint.state().version(), checkpoint.weights());
            try (RolloutGenerator generator = DecoderGenerator.start(
                    "experiment", decoder(), generation(each), task.tokenizer().stopTokens(), seed, registry)) {
                List<CompletableFuture<RolloutGroup>> asked = IntStream.range(0, prompts.size())
                        .mapToObj(number -> new AdmittedPrompt(number, prompts.get(number), temperature))
                        .map(prompt -> generator.generate(prompt).toCompletableFuture())
                        .toList();
                for (CompletableFuture<RolloutGroup> group : asked) {
                    groups.add(verified(verification, group.join()));
                }
            }
        }
        return new PolicySample(groups);
    }

    private static VerifiedGroup verified(GroupVerification verification, RolloutGroup group) throws IOException {
        Outcome<VerifiedGroup> outcome = verification.verify(group, () -> true);
        if (outcome instanceof Outcome.Passed<VerifiedGroup> passed) {
            return passed.value();
        }
        throw new IOException("an answer of an experiment could not be scored: " + outcome);
    }

    /** ln of each answer's probability under this policy, in the sample's order. */
    List<Double> logProbs(PolicySample sample) throws InterruptedException {
        try (LogProbScorer scorer =
                DecoderLogProbScorer.start(decoder(), ScorerSettings.from(config), checkpoint.weights())) {
            List<CompletableFuture<List<LogProbs>>> asked = sample.unverified().stream()
                    .map(scorer::score)
                    .map(CompletionStage::toCompletableFuture)
                    .toList();
            return asked.stream()
                    .flatMap(scores -> scores.join().stream())
                    .map(LogProbs::sum)
                    .toList();
        }
    }

    private DecoderConfig decoder() {
        return DecoderConfig.fromDescription(checkpoint.state().model());
    }

    private double temperature() {
        return generation(GROUP).sampling().temperature();
    }

    private GenerationSettings generation(int each) {
        GenerationSettings training = GenerationSettings.from(config.getConfig("freshet.generation"));
        return new GenerationSettings(
                1,
                each,
                2 * GROUP,
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.STAY,
                training.sampling());
    }
}
