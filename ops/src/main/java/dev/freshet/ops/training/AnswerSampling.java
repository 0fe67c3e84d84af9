package dev.freshet.ops.training;

import akka.actor.typed.ActorSystem;
import akka.stream.javadsl.Sink;
import dev.freshet.actors.AnswerVerification;
import dev.freshet.actors.Verifier;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.EvaluationPipeline;
import dev.freshet.streams.EvaluationPorts;
import dev.freshet.streams.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Answers of one version of a policy to prompts of its task, sampled as a run samples, and verified with the deadline that an answer
 * has in training.
 *
 * @param task gives the verifier
 */
record AnswerSampling(RunConfiguration configuration, Task task, WeightRegistry registry) {
    /**
     * What a function makes of each prompt's answers, in the prompts' order; it is called on the stream's threads.
     *
     * @param samples answers to each prompt
     * @param seed of the sampling
     * @throws dev.freshet.model.generation.PromptTooLongException if a prompt cannot be answered by this model
     */
    <T> List<T> of(List<Prompt> prompts, int samples, long seed, Function<Outcome<VerifiedGroup>, T> use)
            throws InterruptedException {
        GenerationSettings generation = HeldOutEvaluation.evaluating(configuration, samples);
        int longest = configuration.decoder().maxLength();
        prompts.forEach(prompt -> generation.sampling().requireRoom(prompt, longest));
        int parallelism = HeldOutEvaluation.parallelism(generation);
        Duration patience = patience(parallelism * samples);
        ActorSystem<Verifier.Command> akka =
                AnswerVerification.system("sampling", task, configuration::actors, event -> {});
        try (RolloutGenerator generator = DecoderGenerator.start(
                "sampling",
                configuration.decoder(),
                generation,
                task.tokenizer().stopTokens(),
                seed,
                registry)) {
            EvaluationPorts ports = new HeldOutEvaluation.Ports(
                    generator,
                    new AnswerVerification(akka, akka.scheduler()),
                    ReferenceDistance.NONE,
                    task.verifier().name(),
                    event -> {});
            return EvaluationPipeline.answers(
                            prompts, ports, generation.sampling().temperature(), parallelism)
                    .idleTimeout(patience)
                    .map(use::apply)
                    .runWith(Sink.seq(), akka)
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(reason(e, patience), e);
        } finally {
            akka.terminate();
        }
    }

    /** Of answers that wait for one verifier at one time, the last may have to wait until all before it were overdue. */
    private Duration patience(int answersAtOnce) {
        int threads = configuration.actors().verifyThreads();
        int turns = (answersAtOnce + threads - 1) / threads;
        return configuration
                .actors()
                .generateTimeout()
                .plus(configuration.actors().verifyDeadline().multipliedBy(turns));
    }

    private String reason(ExecutionException failure, Duration patience) {
        if (HeldOutEvaluation.verifierStopped(failure)) {
            return "sampling ended because " + HeldOutEvaluation.whyStopped(task);
        }
        return failure.getCause() instanceof TimeoutException
                ? "no prompt was answered and verified within " + patience
                        + " (freshet.actors.generate-timeout, freshet.actors.verify-deadline)"
                : "sampling failed: " + failure.getCause();
    }
}
