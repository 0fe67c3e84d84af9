package dev.freshet.ops.training;

import akka.actor.typed.ActorSystem;
import akka.stream.AbruptStageTerminationException;
import akka.stream.javadsl.RunnableGraph;
import dev.freshet.actors.AnswerVerification;
import dev.freshet.actors.Failures;
import dev.freshet.actors.Verifier;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.task.EvaluationSuite;
import dev.freshet.model.task.Task;
import dev.freshet.model.weights.WeightSource;
import dev.freshet.streams.AnswerPurpose;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EvaluationPipeline;
import dev.freshet.streams.EvaluationPorts;
import dev.freshet.streams.EvaluationResult;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.Outcome.Passed;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Measures a version of a policy on one suite of held-out prompts, with a generator of its own that stays on that version. */
final class HeldOutEvaluation {
    /** Apart from the draws of training, which are keyed by the seed itself. */
    private static final long SEED_MASK = 0x6576616c75617465L;

    private final EvaluationSuite suite;
    private final Task task;
    private final EvaluationScope scope;
    private final GenerationSettings generation;
    private final EvaluationSettings settings;

    /** @param task gives the verifier */
    HeldOutEvaluation(EvaluationScope scope, EvaluationSuite suite, Task task, EvaluationSettings settings) {
        this.suite = suite;
        this.task = task;
        this.scope = scope;
        this.generation = evaluating(scope.configuration(), settings.samples());
        this.settings = settings;
    }

    /** The name in settings, metrics and events. */
    String suite() {
        return suite.name();
    }

    /**
     * Measures the newest version of the weights.
     *
     * <p>An interrupt gives the measurement up, at any moment. Akka begins out of its reach: interrupted at that, it would say so on
     * standard error and leave threads behind.
     *
     * @throws dev.freshet.model.generation.PromptTooLongException if a prompt cannot be answered by this model
     * @throws TimeoutException if it does not end within {@code freshet.evaluation.timeout}
     */
    EvaluationCompleted measure(WeightSource weights, Asker askedBy) throws Exception {
        long start = System.nanoTime();
        RunConfiguration configuration = scope.configuration();
        List<Prompt> prompts =
                suite.prompts().get().stream().limit(settings.prompts()).toList();
        int longest = configuration.decoder().maxLength();
        prompts.forEach(prompt -> generation.sampling().requireRoom(prompt, longest));
        CompletableFuture<ActorSystem<Verifier.Command>> akka = CompletableFuture.supplyAsync(
                () -> AnswerVerification.system("evaluation", task, scope.inForce(), scope.events()));
        try (RolloutGenerator generator = DecoderGenerator.start(
                        "evaluation",
                        configuration.decoder(),
                        generation,
                        task.tokenizer().stopTokens(),
                        configuration.seed() ^ SEED_MASK,
                        weights);
                ReferenceDistance distance = scope.reference().open()) {
            EvaluationResult result = akka.thenComposeAsync(system ->
                            pipeline(prompts, generator, distance, system).run(system))
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return scope.first()
                    .withChange(new EvaluationCompleted(
                            suite(),
                            generator.version(),
                            result.prompts(),
                            result.samples(),
                            result.passAtK(),
                            result.meanReward(),
                            result.distinctCorrect(),
                            (System.nanoTime() - start) / 1e9,
                            askedBy,
                            result.measures()));
        } catch (TimeoutException e) {
            throw new TimeoutException("an evaluation must end within " + settings.timeout()
                    + ", did not, and was given up: raise freshet.evaluation.timeout, or measure fewer prompts or samples"
                    + " (freshet.evaluation.prompts, freshet.evaluation.samples)");
        } catch (ExecutionException e) {
            throw inWords(e);
        } finally {
            var unused = akka.thenAccept(ActorSystem::terminate);
        }
    }

    private RunnableGraph<CompletionStage<EvaluationResult>> pipeline(
            List<Prompt> prompts,
            RolloutGenerator generator,
            ReferenceDistance distance,
            ActorSystem<Verifier.Command> system) {
        Ports ports = new Ports(
                generator,
                new AnswerVerification(system, system.scheduler()),
                distance,
                task.verifier().name(),
                scope.events());
        return EvaluationPipeline.of(
                prompts, ports, generation.sampling().temperature(), parallelism(generation), settings.ks());
    }

    private Exception inWords(ExecutionException failure) {
        return verifierStopped(failure)
                ? new IllegalStateException("an evaluation ended because " + whyStopped(task), failure)
                : failure;
    }

    /** Whether a stream of answers failed so: it ends with its system, and the system with a verifier that has had to stop. */
    static boolean verifierStopped(ExecutionException failure) {
        return Failures.rootCause(failure) instanceof AbruptStageTerminationException;
    }

    /** What the message of such a failure says. */
    static String whyStopped(Task task) {
        return "too many threads of verifier " + task.verifier().name()
                + " hang and ignore their interrupt (freshet.actors.verify-hung-limit)";
    }

    /** Prompts that are asked at one time. */
    static int parallelism(GenerationSettings generation) {
        return Math.max(2, 2 * generation.slots() / generation.groupSize());
    }

    /**
     * For a generator of its own that samples so many answers a prompt, from one version. In a deterministic run one prompt at a time is
     * answered, so that nothing depends on who is answered beside whom.
     */
    static GenerationSettings evaluating(RunConfiguration configuration, int samples) {
        GenerationSettings training = configuration.generation();
        boolean deterministic = configuration.actors().deterministic();
        return new GenerationSettings(
                1,
                samples,
                deterministic ? samples : Math.max(training.slots(), samples),
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.STAY,
                training.sampling());
    }

    /** What an evaluation, or whoever else samples one version, lets the pipeline see. */
    record Ports(
            RolloutGenerator generator,
            AnswerVerification verification,
            ReferenceDistance distance,
            String verifier,
            EventSink events)
            implements EvaluationPorts {
        @Override
        public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
            return generator.generate(prompt).thenApply(Passed::new);
        }

        @Override
        public CompletionStage<List<AnswerVerified>> verify(RolloutGroup group) {
            return verification.verify(group).whenComplete((answers, failure) -> {
                if (answers != null) {
                    events.accept(new AnswersVerified(group.sequence(), verifier, AnswerPurpose.EVALUATION, answers));
                }
            });
        }

        @Override
        public CompletionStage<Map<String, Double>> divergences(RolloutGroup group) {
            return distance.of(group);
        }
    }
}
