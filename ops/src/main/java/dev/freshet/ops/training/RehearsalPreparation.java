package dev.freshet.ops.training;

import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.rehearsal.RehearsalFiles;
import dev.freshet.model.rehearsal.RehearsalOrigin;
import dev.freshet.model.rehearsal.RehearsalSet;
import dev.freshet.model.rehearsal.RehearsalSettings;
import dev.freshet.model.rehearsal.SampledPrompt;
import dev.freshet.model.rehearsal.WeightsDigest;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.RehearsalLauncher;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.Outcome.Passed;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Samples a policy on its task's training prompts and keeps what it has mastered. What counts as mastered is decided on some
 * completions, and what is kept is sampled anew: kept from the same, lucky ones would be too many.
 */
public final class RehearsalPreparation implements RehearsalLauncher {
    /** Apart from the draws of training, which are keyed by the seed itself. */
    private static final long FIRST_SEED_MASK = 0x7265686561727361L;

    private static final long SECOND_SEED_MASK = 0x6b656570L;

    @Override
    public int prepare(Request request, PrintWriter out) throws Exception {
        RehearsalFiles.requireNew(request.directory());
        try (CheckpointPolicy policy = CheckpointPolicy.open(request.checkpoint(), request.overrides())) {
            List<TensorData> weights = Checkpoint.open(request.checkpoint()).weights();
            RehearsalSet set = sampled(policy, weights, out);
            RehearsalFiles.write(request.directory(), set);
            out.printf(
                    "%s: %d prompts, of which %d to explore; %d sequences to rehearse%n",
                    request.directory(),
                    set.prompts().size(),
                    set.exploration().size(),
                    set.sequences().size());
        }
        return ExitCode.DONE;
    }

    private static RehearsalSet sampled(CheckpointPolicy policy, List<TensorData> weights, PrintWriter out)
            throws Exception {
        RunConfiguration configuration = policy.configuration();
        RehearsalSettings settings = RehearsalSettings.from(configuration.config());
        List<Prompt> prompts = prompts(configuration, settings.prompts());
        AnswerSampling sampling = new AnswerSampling(configuration, configuration.task(), policy.registry());
        out.printf("%s: sampling %d prompts x %d completions%n", policy.version(), prompts.size(), settings.samples());
        out.flush();
        List<SampledPrompt> scored = present(sampling.of(
                prompts, settings.samples(), configuration.seed() ^ FIRST_SEED_MASK, RehearsalPreparation::counted));
        List<Prompt> mastered = scored.stream()
                .filter(prompt -> prompt.correct() >= settings.masteredFrom())
                .map(SampledPrompt::prompt)
                .toList();
        List<RolloutGroup> kept =
                present(sampling.of(mastered, 1, configuration.seed() ^ SECOND_SEED_MASK, RehearsalPreparation::right));
        RehearsalOrigin origin = new RehearsalOrigin(
                configuration.task().name(),
                configuration.decoder().toDescription(),
                WeightsDigest.of(weights),
                settings.samples(),
                settings.masteredFrom(),
                prompts.size() - scored.size(),
                configuration.generation().sampling().temperature());
        return new RehearsalSet(origin, scored, sequences(configuration, weights, kept));
    }

    /** The first training prompts, each once. */
    private static List<Prompt> prompts(RunConfiguration configuration, int lookedAt) {
        Set<Prompt> prompts = new LinkedHashSet<>();
        for (int sequence = 0; sequence < lookedAt; sequence++) {
            prompts.add(configuration.task().trainingPrompt(sequence));
        }
        return List.copyOf(prompts);
    }

    private static Optional<SampledPrompt> counted(Outcome<VerifiedGroup> outcome) {
        if (!(outcome instanceof Passed<VerifiedGroup> passed)) {
            return Optional.empty();
        }
        VerifiedGroup group = passed.value();
        return Optional.of(new SampledPrompt(group.group().prompt(), correct(group)));
    }

    private static Optional<RolloutGroup> right(Outcome<VerifiedGroup> outcome) {
        return outcome instanceof Passed<VerifiedGroup> passed && correct(passed.value()) > 0
                ? Optional.of(passed.value().group())
                : Optional.empty();
    }

    private static int correct(VerifiedGroup group) {
        return (int) group.rewards().stream().filter(reward -> reward >= 1).count();
    }

    private static <T> List<T> present(List<Optional<T>> outcomes) {
        return outcomes.stream().flatMap(Optional::stream).toList();
    }

    /** With log-probs by the learner's own forward pass, so that the policy does not seem to differ from itself. */
    private static List<RehearsalSequence> sequences(
            RunConfiguration configuration, List<TensorData> weights, List<RolloutGroup> groups) throws Exception {
        LearnerSettings learner = configuration.learner();
        ScorerSettings settings =
                new ScorerSettings(learner.compute(), learner.microBatchTokens(), Batching.WAITING_GROUPS);
        Duration deadline = configuration.actors().scoreTimeout();
        List<RehearsalSequence> sequences = new ArrayList<>();
        try (LogProbScorer scorer = DecoderLogProbScorer.start(configuration.decoder(), settings, weights)) {
            List<CompletionStage<List<LogProbs>>> scores =
                    groups.stream().map(scorer::score).toList();
            for (int i = 0; i < groups.size(); i++) {
                RolloutGroup group = groups.get(i);
                List<LogProbs> anchor =
                        scores.get(i).toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
                sequences.add(new RehearsalSequence(
                        group.prompt().tokens(),
                        group.rollouts().get(0).completion(),
                        anchor.get(0),
                        group.temperature()));
            }
        }
        return sequences;
    }
}
