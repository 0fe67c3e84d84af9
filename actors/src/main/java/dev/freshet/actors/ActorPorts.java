package dev.freshet.actors;

import akka.Done;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.AskPattern;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.Rehearsal;
import dev.freshet.model.rehearsal.RehearsalCycle;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelinePorts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The pipeline's ports as questions to this run's actors. */
final class ActorPorts implements PipelinePorts {
    /**
     * For questions whose deadline the asked actor keeps, because it stands still while the run is paused: generate, verify,
     * learn. Those actors answer always; this only has to be longer than any pause.
     */
    static final Duration ANSWER_IS_CERTAIN = Duration.ofDays(200);

    private final RunParts parts;
    private final Supplier<PolicyVersion> publishedVersion;
    private final ParametersInForce inForce;
    private final Optional<RehearsalCycle> rehearsal;
    private final Scheduler scheduler;
    private final ScorerQuestions scorer;

    /**
     * @param publishedVersion readable from any thread
     * @param rehearsal what the run rehearses; empty if nothing
     */
    ActorPorts(
            RunParts parts,
            Supplier<PolicyVersion> publishedVersion,
            ParametersInForce inForce,
            Optional<RehearsalCycle> rehearsal,
            Scheduler scheduler) {
        this.parts = parts;
        this.rehearsal = rehearsal;
        this.publishedVersion = publishedVersion;
        this.inForce = inForce;
        this.scheduler = scheduler;
        this.scorer = new ScorerQuestions(inForce, scheduler);
    }

    @Override
    public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
        return AskPattern.ask(
                parts.generators().orElseThrow(),
                replyTo -> new GeneratorPool.Generate(prompt, replyTo),
                ANSWER_IS_CERTAIN,
                scheduler);
    }

    @Override
    public CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group) {
        return AskPattern.ask(
                parts.verifier().orElseThrow(),
                replyTo -> new Verifier.Verify(group, replyTo),
                ANSWER_IS_CERTAIN,
                scheduler);
    }

    @Override
    public CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group) {
        if (parts.scorer().isEmpty()) {
            return CompletableFuture.completedFuture(new Outcome.Passed<>(ScoredGroup.withoutReference(group)));
        }
        return scorer.ask(parts.scorer().get(), group.sequence(), replyTo -> new ReferenceScorer.Score(group, replyTo));
    }

    @Override
    public List<RehearsalSequence> rehearsal(List<ScoredGroup> groups) {
        int rollouts = groups.stream()
                .mapToInt(group -> group.group().rollouts().size())
                .sum();
        Rehearsal use = inForce.get().objective().regularisation().rehearsal();
        return rehearsal
                .map(cycle -> cycle.at(publishedVersion.get(), use.sequences(rollouts)))
                .orElseGet(List::of);
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch) {
        return AskPattern.askWithStatus(
                parts.learner(), replyTo -> new Learner.Learn(batch, replyTo), ANSWER_IS_CERTAIN, scheduler);
    }

    /** All generators are in this process, and read the version from the registry. */
    @Override
    public CompletionStage<Done> pushWeights(PolicyVersion version) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public PolicyVersion publishedVersion() {
        return publishedVersion.get();
    }

    @Override
    public boolean needsRewardVariance() {
        return inForce.get().policyObjective().needsRewardVariance();
    }

    @Override
    public double temperature() {
        return inForce.get().temperature();
    }

    @Override
    public int maxStaleness(int atStart) {
        return inForce.get().maxStaleness();
    }
}
