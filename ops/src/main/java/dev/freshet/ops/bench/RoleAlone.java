package dev.freshet.ops.bench;

import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Verdict;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.PipelineSettings;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/** One role of a run with nothing else going on: no other role, no actors, no stream. */
final class RoleAlone {
    /** Batches that the learner sees in turn. */
    private static final int PREPARED_BATCHES = 4;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Roles roles;
    private final PipelineSettings pipeline;
    private final int groupSize;
    private final List<List<ScoredGroup>> batches;

    private RoleAlone(Roles roles, PipelineSettings pipeline, int groupSize, List<List<ScoredGroup>> batches) {
        this.roles = roles;
        this.pipeline = pipeline;
        this.groupSize = groupSize;
        this.batches = batches;
    }

    /** Samples the batches that the learner will be fed. */
    static RoleAlone prepare(Roles roles) throws InterruptedException {
        PipelineSettings pipeline = PipelineSettings.from(roles.config());
        int batch = pipeline.batchGroups();
        List<RolloutGroup> groups;
        try (PublishedWeights weights = roles.publishedWeights();
                RolloutGenerator generator = roles.generator(weights.registry())) {
            groups = generate(roles, generator, PREPARED_BATCHES * batch, pipeline.generateParallelism());
        }
        List<List<ScoredGroup>> batches = IntStream.range(0, PREPARED_BATCHES)
                .mapToObj(i -> groups.subList(i * batch, (i + 1) * batch).stream()
                        .map(group -> scored(roles.task().verifier(), group))
                        .toList())
                .toList();
        return new RoleAlone(roles, pipeline, Quickstart.groupSize(roles.config()), batches);
    }

    /** Rollouts a second that the learner learns from when batches are always there. */
    double learn(int warmUpSteps, int steps) throws InterruptedException {
        PolicyObjective objective = PolicyObjectives.from(roles.config());
        try (WeightRegistry registry = roles.registry();
                DecoderLearner learner = roles.learner(registry)) {
            long start = System.nanoTime();
            for (int step = 0; step < warmUpSteps + steps; step++) {
                if (step == warmUpSteps) {
                    start = System.nanoTime();
                }
                learner.learn(batches.get(step % PREPARED_BATCHES), objective)
                        .toCompletableFuture()
                        .join();
            }
            return perSecond(steps, start);
        }
    }

    /** Rollouts a second that the generator samples when it always has as many groups as in the run, and no version is new. */
    double generate(int warmUpSteps, int steps) throws InterruptedException {
        int batch = pipeline.batchGroups();
        try (PublishedWeights weights = roles.publishedWeights();
                RolloutGenerator generator = roles.generator(weights.registry())) {
            generate(roles, generator, warmUpSteps * batch, pipeline.generateParallelism());
            long start = System.nanoTime();
            generate(roles, generator, steps * batch, pipeline.generateParallelism());
            return perSecond(steps, start);
        }
    }

    private double perSecond(int steps, long start) {
        long rollouts = (long) steps * pipeline.batchGroups() * groupSize;
        return rollouts * NANOS_PER_SECOND / (System.nanoTime() - start);
    }

    private static List<RolloutGroup> generate(Roles roles, RolloutGenerator generator, int groups, int atATime)
            throws InterruptedException {
        double temperature = roles.config().getDouble("freshet.generation.temperature");
        Queue<RolloutGroup> generated = new ConcurrentLinkedQueue<>();
        Semaphore room = new Semaphore(atATime);
        for (int sequence = 0; sequence < groups; sequence++) {
            room.acquire();
            AdmittedPrompt prompt = new AdmittedPrompt(sequence, roles.task().trainingPrompt(sequence), temperature);
            generator.generate(prompt).whenComplete((group, failure) -> {
                if (failure == null) {
                    generated.add(group);
                }
                room.release();
            });
        }
        room.acquire(atATime);
        if (generated.size() < groups) {
            throw new IllegalStateException("only " + generated.size() + " of " + groups + " groups were generated");
        }
        return List.copyOf(generated);
    }

    private static ScoredGroup scored(AnswerVerifier verifier, RolloutGroup group) {
        List<Double> rewards = group.rollouts().stream()
                .map(rollout -> reward(verifier, group, rollout))
                .toList();
        return ScoredGroup.withoutReference(new VerifiedGroup(group, rewards));
    }

    private static double reward(AnswerVerifier verifier, RolloutGroup group, Rollout rollout) {
        Answer answer = new Answer(rollout.completion().toString(), rollout.finishReason());
        return ((Verdict.Reward) verifier.verify(group.prompt(), answer)).value();
    }
}
