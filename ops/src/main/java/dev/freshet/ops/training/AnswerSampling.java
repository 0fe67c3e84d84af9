package dev.freshet.ops.training;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import dev.freshet.actors.GroupVerification;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.EvaluationPipeline;
import dev.freshet.streams.EvaluationPorts;
import dev.freshet.streams.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Answers of one version of a policy to prompts of its task, sampled as a run samples, and verified. */
record AnswerSampling(RunConfiguration configuration, WeightRegistry registry) {
    /**
     * What a function makes of each prompt's answers, in the prompts' order; it is called on the stream's threads.
     *
     * @param samples answers to each prompt
     * @param seed of the sampling
     * @throws dev.freshet.model.generation.PromptTooLongException if a prompt cannot be answered by this model
     */
    <T> List<T> of(List<Prompt> prompts, int samples, long seed, Function<Outcome<VerifiedGroup>, T> use)
            throws InterruptedException {
        GenerationSettings generation = HeldOutEvaluation.evaluating(configuration.generation(), samples);
        int longest = configuration.decoder().maxLength();
        prompts.forEach(prompt -> generation.sampling().requireRoom(prompt, longest));
        Duration patience = configuration
                .actors()
                .generateTimeout()
                .plus(configuration.actors().verifyDeadline());
        ExecutorService verifiers =
                Executors.newFixedThreadPool(configuration.actors().verifyThreads());
        ActorSystem akka = ActorSystem.create("sampling");
        try (RolloutGenerator generator = DecoderGenerator.start(
                "sampling",
                configuration.decoder(),
                generation,
                configuration.task().tokenizer().stopTokens(),
                seed,
                registry)) {
            EvaluationPorts ports =
                    new HeldOutEvaluation.Ports(generator, new GroupVerification(configuration.task()), verifiers);
            int parallelism = Math.max(2, 2 * generation.slots() / generation.groupSize());
            return EvaluationPipeline.answers(
                            prompts, ports, generation.sampling().temperature(), parallelism)
                    .idleTimeout(patience)
                    .map(use::apply)
                    .runWith(Sink.seq(), akka)
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    e.getCause() instanceof TimeoutException
                            ? "no prompt was answered and verified within " + patience
                                    + " (freshet.actors.generate-timeout, freshet.actors.verify-deadline)"
                            : "sampling failed: " + e.getCause(),
                    e);
        } finally {
            verifiers.shutdownNow();
            var unused = akka.terminate();
        }
    }
}
