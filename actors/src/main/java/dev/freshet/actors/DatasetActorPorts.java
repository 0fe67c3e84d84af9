package dev.freshet.actors;

import akka.Done;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.AskPattern;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DatasetPorts;
import dev.freshet.streams.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The ports of a dataset's pipeline: reads by threads of the source, the rest as questions to this run's actors. */
final class DatasetActorPorts implements DatasetPorts {
    private final RunParts parts;
    private final ExampleSource examples;
    private final Scheduler scheduler;
    private final ScorerQuestions scorer;

    DatasetActorPorts(RunParts parts, ExampleSource examples, ParametersInForce inForce, Scheduler scheduler) {
        this.parts = parts;
        this.examples = examples;
        this.scheduler = scheduler;
        this.scorer = new ScorerQuestions(inForce, scheduler);
    }

    @Override
    public CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example) {
        return examples.read(example);
    }

    @Override
    public CompletionStage<Outcome<ScoredExample>> scoreReference(TokenisedExample example) {
        if (examples.hasStoredReference()) {
            return examples.stored(example).thenApply(Outcome.Passed::new);
        }
        if (parts.scorer().isEmpty()) {
            return CompletableFuture.completedFuture(new Outcome.Passed<>(ScoredExample.withoutReference(example)));
        }
        return scorer.ask(
                parts.scorer().get(),
                example.sequence(),
                replyTo -> new ReferenceScorer.ScoreExample(example, replyTo));
    }

    @Override
    public CompletionStage<StepReport> learn(DatasetBatch batch) {
        return AskPattern.askWithStatus(
                parts.learner(),
                replyTo -> new Learner.LearnExamples(batch, replyTo),
                ActorPorts.ANSWER_IS_CERTAIN,
                scheduler);
    }

    /** Whoever reads versions is in this process, and reads them from the registry. */
    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }
}
