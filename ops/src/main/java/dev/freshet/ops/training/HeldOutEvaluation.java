package dev.freshet.ops.training;

import akka.actor.ActorSystem;
import akka.stream.javadsl.RunnableGraph;
import dev.freshet.actors.GroupVerification;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.run.RunSummary;
import dev.freshet.streams.EvaluationPipeline;
import dev.freshet.streams.EvaluationPorts;
import dev.freshet.streams.EvaluationResult;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.Outcome.Passed;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted.Asker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Measures the newest version of a policy on held-out prompts, with a generator of its own that stays on that version. */
final class HeldOutEvaluation {
    /** What a run holds out, in events, metrics and summary. */
    static final String SUITE = "held_out";

    /** Apart from the draws of training, which are keyed by the seed itself. */
    private static final long SEED_MASK = 0x6576616c75617465L;

    private static final Duration DEADLINE = Duration.ofMinutes(30);

    private final String suite;
    private final Task task;
    private final DecoderConfig decoder;
    private final GenerationSettings generation;
    private final EvaluationSettings settings;
    private final int verifyThreads;
    private final long seed;

    /** What a run measures of itself: also what its summary reports, whatever is set. */
    HeldOutEvaluation(RunConfiguration configuration) {
        this(
                configuration,
                SUITE,
                configuration.task(),
                configuration.evaluation().alsoMeasuring(RunSummary.REPORTED_K));
    }

    /**
     * @param suite what the prompts are called in the result
     * @param task gives prompts and verifier
     */
    HeldOutEvaluation(RunConfiguration configuration, String suite, Task task, EvaluationSettings settings) {
        this.suite = suite;
        this.task = task;
        this.decoder = configuration.decoder();
        this.generation = evaluating(configuration.generation(), settings.samples());
        this.settings = settings;
        this.verifyThreads = configuration.actors().verifyThreads();
        this.seed = configuration.seed() ^ SEED_MASK;
    }

    /**
     * An interrupt gives the measurement up, at any moment. Akka begins out of its reach: interrupted at that, it would say so on
     * standard error and leave threads behind.
     *
     * @throws dev.freshet.model.generation.PromptTooLongException if a prompt cannot be answered by this model
     */
    EvaluationCompleted measure(WeightRegistry registry, Asker askedBy) throws Exception {
        long start = System.nanoTime();
        List<Prompt> prompts = task.heldOut().stream().limit(settings.prompts()).toList();
        prompts.forEach(prompt -> generation.sampling().requireRoom(prompt, decoder.maxLength()));
        ExecutorService verifiers = Executors.newFixedThreadPool(verifyThreads);
        CompletableFuture<ActorSystem> akka = CompletableFuture.supplyAsync(() -> ActorSystem.create("evaluation"));
        try (RolloutGenerator generator = DecoderGenerator.start(
                "evaluation", decoder, generation, task.tokenizer().stopTokens(), seed, registry)) {
            EvaluationPorts ports = new Ports(generator, new GroupVerification(task), verifiers);
            int parallelism = Math.max(2, 2 * generation.slots() / generation.groupSize());
            RunnableGraph<CompletionStage<EvaluationResult>> pipeline = EvaluationPipeline.of(
                    prompts, ports, generation.sampling().temperature(), parallelism, settings.ks());
            EvaluationResult result = akka.thenComposeAsync(pipeline::run).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return new EvaluationCompleted(
                    suite,
                    generator.version(),
                    result.prompts(),
                    result.samples(),
                    result.passAtK(),
                    result.meanReward(),
                    result.distinctCorrect(),
                    (System.nanoTime() - start) / 1e9,
                    askedBy);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "evaluation must end within " + DEADLINE + ", did not: measure fewer prompts or samples"
                            + " (freshet.evaluation.prompts, freshet.evaluation.samples)",
                    e);
        } finally {
            verifiers.shutdownNow();
            var unused = akka.thenAccept(ActorSystem::terminate);
        }
    }

    /** For a generator of its own that samples so many answers a prompt, from one version. */
    static GenerationSettings evaluating(GenerationSettings training, int samples) {
        return new GenerationSettings(
                1,
                samples,
                Math.max(training.slots(), samples),
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.STAY,
                training.sampling());
    }

    record Ports(RolloutGenerator generator, GroupVerification verification, ExecutorService verifiers)
            implements EvaluationPorts {
        @Override
        public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
            return generator.generate(prompt).thenApply(Passed::new);
        }

        @Override
        public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
            return CompletableFuture.supplyAsync(() -> verification.verify(group, () -> true), verifiers);
        }
    }
}
