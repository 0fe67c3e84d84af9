package dev.freshet.streams;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.Outcome.Dropped;
import dev.freshet.streams.Outcome.Passed;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Measures one version of the policy: held-out prompts, generate, verify, compare with the reference, score. */
public final class EvaluationPipeline {
    private EvaluationPipeline() {}

    /**
     * @param temperature at which the answers are sampled
     * @param parallelism prompts in each of the three stages at one time, at least 1
     * @param ks the k of each pass@k wanted, at most the number of answers that the generate port samples
     */
    public static RunnableGraph<CompletionStage<EvaluationResult>> of(
            List<Prompt> heldOut, EvaluationPorts ports, double temperature, int parallelism, List<Integer> ks) {
        return judged(heldOut, ports, temperature, parallelism)
                .via(compare(parallelism, ports))
                .map(EvaluationPipeline::score)
                .toMat(Sink.seq(), Keep.right())
                .mapMaterializedValue(scores -> scores.thenApply(all -> result(all, ks)));
    }

    /**
     * The prompts' answers with their rewards, in the prompts' order; parameters as in {@link #of}. A group of which an answer has no
     * verdict is dropped as unscorable, since a missing reward is none of 0.
     */
    public static Source<Outcome<VerifiedGroup>, NotUsed> answers(
            List<Prompt> prompts, EvaluationPorts ports, double temperature, int parallelism) {
        return judged(prompts, ports, temperature, parallelism).map(EvaluationPipeline::rewarded);
    }

    private static Source<Outcome<JudgedGroup>, NotUsed> judged(
            List<Prompt> prompts, EvaluationPorts ports, double temperature, int parallelism) {
        return prompts(prompts, temperature).via(generate(parallelism, ports)).via(verify(parallelism, ports));
    }

    private static Source<AdmittedPrompt, NotUsed> prompts(List<Prompt> heldOut, double temperature) {
        return Source.range(0, heldOut.size() - 1)
                .map(place -> new AdmittedPrompt(place, heldOut.get(place), temperature));
    }

    private static Flow<AdmittedPrompt, Outcome<RolloutGroup>, NotUsed> generate(
            int parallelism, EvaluationPorts ports) {
        return Flow.<AdmittedPrompt>create()
                .mapAsync(parallelism, ports::generate)
                .named(StageName.GENERATE.label());
    }

    private static Flow<Outcome<RolloutGroup>, Outcome<JudgedGroup>, NotUsed> verify(
            int parallelism, EvaluationPorts ports) {
        return Flow.<Outcome<RolloutGroup>>create()
                .mapAsync(parallelism, outcome -> verify(outcome, ports))
                .named(StageName.VERIFY.label());
    }

    private static Flow<Outcome<JudgedGroup>, Outcome<JudgedGroup>, NotUsed> compare(
            int parallelism, EvaluationPorts ports) {
        return Flow.<Outcome<JudgedGroup>>create()
                .mapAsync(parallelism, outcome -> compare(outcome, ports))
                .named(StageName.SCORE_REFERENCE.label());
    }

    private static CompletionStage<Outcome<JudgedGroup>> verify(Outcome<RolloutGroup> outcome, EvaluationPorts ports) {
        if (outcome instanceof Passed<RolloutGroup> passed) {
            RolloutGroup group = passed.value();
            return ports.verify(group).thenApply(answers -> new Passed<>(JudgedGroup.of(group, answers)));
        }
        return CompletableFuture.completedFuture(ended((Dropped<RolloutGroup>) outcome));
    }

    private static CompletionStage<Outcome<JudgedGroup>> compare(Outcome<JudgedGroup> outcome, EvaluationPorts ports) {
        if (outcome instanceof Passed<JudgedGroup> passed) {
            JudgedGroup judged = passed.value();
            return ports.divergences(judged.group())
                    .thenApply(measured -> new Passed<>(judged.withDivergences(measured)));
        }
        return CompletableFuture.completedFuture(outcome);
    }

    private static Outcome<VerifiedGroup> rewarded(Outcome<JudgedGroup> outcome) {
        return outcome instanceof Passed<JudgedGroup> passed
                ? passed.value().rewarded()
                : ended((Dropped<JudgedGroup>) outcome);
    }

    private static Outcome<PromptScore> score(Outcome<JudgedGroup> outcome) {
        return outcome instanceof Passed<JudgedGroup> passed
                ? new Passed<>(PromptScore.of(passed.value()))
                : ended((Dropped<JudgedGroup>) outcome);
    }

    private static <A, B> Outcome<B> ended(Dropped<A> dropped) {
        return new Dropped<>(dropped.sequence(), dropped.reason(), dropped.detail());
    }

    private static EvaluationResult result(List<Outcome<PromptScore>> outcomes, List<Integer> ks) {
        List<PromptScore> scores = outcomes.stream()
                .filter(Passed.class::isInstance)
                .map(outcome -> ((Passed<PromptScore>) outcome).value())
                .toList();
        return EvaluationResult.of(scores, outcomes.size() - scores.size(), ks);
    }
}
