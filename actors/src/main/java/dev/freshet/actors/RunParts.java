package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.rollout.PolicyVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The actors of a run, as {@link Coordinator} spawns them. The verifier, the generator pool and the learner stop at their first
 * failure: the verifier takes what its code throws as data, the pool restarts generators itself, and after a failed step the
 * weights are not to be trusted. A run that learns from a dataset has no generators and no verifier.
 */
record RunParts(
        ActorRef<Learner.Command> learner,
        Optional<ActorRef<GeneratorPool.Command>> generators,
        Optional<ActorRef<Verifier.Command>> verifier,
        Optional<ActorRef<ReferenceScorer.Command>> scorer,
        ActorRef<CheckpointKeeper.Command> keeper) {
    /** Loses the groups in progress, which end as failed; six failures, each within five minutes of the last, end it. */
    private static final SupervisorStrategy RESTART_WITH_A_FRESH_SCORER = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(30), 0.1)
            .withMaxRestarts(5)
            .withResetBackoffAfter(Duration.ofMinutes(5));

    /** Loses one checkpoint: the learner could not copy its weights. */
    private static final SupervisorStrategy RESTART_FOR_THE_NEXT_CHECKPOINT = SupervisorStrategy.restartWithBackoff(
                    Duration.ofSeconds(1), Duration.ofMinutes(1), 0.1)
            .withResetBackoffAfter(Duration.ofMinutes(5));

    static RunParts spawn(
            ActorContext<Coordinator.Command> context,
            RunPlan plan,
            RunStream stream,
            ParametersInForce inForce,
            OpenEngines engines) {
        DispatcherSelector mayBlock = DispatcherSelector.fromConfig(ActorSettings.BLOCKING_DISPATCHER);
        Optional<RolloutFeed> rollouts = plan.feed() instanceof RolloutFeed feed ? Optional.of(feed) : Optional.empty();
        LearnerCollaborators learning = new LearnerCollaborators(
                plan.learner(),
                plan.hasReference(),
                plan.steering(),
                inForce,
                TrainingRecord.from(plan.start()),
                plan.ahead(),
                rollouts.map(feed -> new RolloutSamples(feed.task().tokenizer())),
                stream::counts,
                stream::hold,
                plan.events(),
                context.messageAdapter(Learner.Notice.class, RunParts::wrap));
        ActorRef<Learner.Command> learner =
                context.spawn(OutOfMemoryWatch.around(Learner.Command.class, Learner.create(learning)), "learner");
        Optional<ActorRef<GeneratorPool.Command>> generators =
                rollouts.map(feed -> spawnGenerators(context, engines, plan, inForce));
        Optional<ActorRef<Verifier.Command>> verifier = rollouts.map(feed -> context.spawn(
                OutOfMemoryWatch.around(
                        Verifier.Command.class, Verifier.create(feed.task(), inForce::settings, plan.events())),
                "verifier"));
        Optional<ActorRef<ReferenceScorer.Command>> scorer = plan.scorer()
                .map(scorers -> context.spawn(
                        restarting(
                                ReferenceScorer.Command.class,
                                ReferenceScorer.create(scorers, plan.events()),
                                RESTART_WITH_A_FRESH_SCORER),
                        "reference-scorer",
                        mayBlock));
        ActorRef<CheckpointKeeper.Command> keeper = context.spawn(
                restarting(
                        CheckpointKeeper.Command.class,
                        CheckpointKeeper.create(
                                plan.checkpoints(),
                                learner,
                                plan.start().version(),
                                new PolicyVersion(plan.totalSteps()),
                                plan.settings(),
                                plan.events()),
                        RESTART_FOR_THE_NEXT_CHECKPOINT),
                "checkpoint-keeper",
                mayBlock);
        RunParts parts = new RunParts(learner, generators, verifier, scorer, keeper);
        parts.all().forEach(context::watch);
        return parts;
    }

    private static ActorRef<GeneratorPool.Command> spawnGenerators(
            ActorContext<Coordinator.Command> context, OpenEngines engines, RunPlan plan, ParametersInForce inForce) {
        return context.spawn(
                OutOfMemoryWatch.around(
                        GeneratorPool.Command.class,
                        GeneratorPool.create(
                                engines.suppliers(),
                                inForce::settings,
                                plan.events(),
                                context.messageAdapter(
                                        GeneratorPool.AllHang.class, hang -> new Coordinator.PartHangs(hang.why())))),
                "generators");
    }

    void tellGenerators(GeneratorPool.Command command) {
        generators.ifPresent(pool -> pool.tell(command));
    }

    private static Coordinator.Command wrap(Learner.Notice notice) {
        return notice instanceof Learner.Stepped stepped
                ? new Coordinator.LearnerStepped(stepped.report())
                : new Coordinator.TooManyNonfinite(((Learner.TooManyNonfinite) notice).why());
    }

    private static <T> Behavior<T> restarting(Class<T> messages, Behavior<T> behavior, SupervisorStrategy strategy) {
        return Behaviors.supervise(OutOfMemoryWatch.around(messages, behavior))
                .onFailure(RuntimeException.class, strategy);
    }

    List<ActorRef<?>> all() {
        List<ActorRef<?>> all = new ArrayList<>();
        generators.ifPresent(all::add);
        verifier.ifPresent(all::add);
        all.addAll(List.of(learner, keeper));
        scorer.ifPresent(all::add);
        return all;
    }
}
