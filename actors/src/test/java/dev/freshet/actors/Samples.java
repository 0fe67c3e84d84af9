package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Small groups, reports and settings. */
final class Samples {
    private Samples() {}

    static Prompt prompt(long sequence) {
        return new Prompt(sequence + "+0=", Tokens.of(1), Long.toString(sequence));
    }

    static AdmittedPrompt admitted(long sequence) {
        return new AdmittedPrompt(sequence, prompt(sequence), 1);
    }

    /** Its tokens are letters, as {@link LetterTask} reads them. */
    static Rollout rollout(String completion, FinishReason finishReason, PolicyVersion version) {
        int tokens = completion.length();
        LogProbs logProbs = LogProbs.of(new float[tokens]);
        long[] versions = new long[tokens];
        Arrays.fill(versions, version.number());
        return new Rollout(
                Tokens.of(completion.chars().toArray()), finishReason, logProbs, logProbs, TokenVersions.of(versions));
    }

    static RolloutGroup group(AdmittedPrompt prompt, PolicyVersion version) {
        return new RolloutGroup(
                prompt, List.of(rollout("a.", FinishReason.STOP, version), rollout("b.", FinishReason.STOP, version)));
    }

    static RolloutGroup group(long sequence) {
        return group(admitted(sequence), PolicyVersion.INITIAL);
    }

    static VerifiedGroup verified(long sequence) {
        return new VerifiedGroup(group(sequence), List.of(1.0, 0.0));
    }

    static List<ScoredGroup> batch(long first, int groups) {
        return LongStream.range(first, first + groups)
                .mapToObj(sequence -> ScoredGroup.withoutReference(verified(sequence)))
                .toList();
    }

    static PolicyObjective objective(String divergence, double coefficient) {
        return parameters(divergence, coefficient, "").policyObjective();
    }

    /** @param changed lines over the defaults */
    static RunParameters parameters(String divergence, double coefficient, String changed) {
        return TestSteering.of("freshet.divergence = \"" + divergence + "\"\nfreshet.divergence-coefficient = "
                        + coefficient + "\n" + changed)
                .parameters();
    }

    static TrainingState begin() {
        return new TrainingState(
                PolicyVersion.INITIAL,
                0,
                0,
                7,
                "grpo",
                "none",
                0,
                new SavedParameters(Map.of(), Map.of(TestSteering.LEARNING_RATE, "1e-3")),
                TrainingState.NO_GROUPS,
                "",
                "",
                Map.of(),
                Map.of(),
                List.of(),
                Map.of());
    }

    static Config settingsFile() {
        return ConfigFactory.parseString("freshet.run.rollouts-per-step = 2")
                .withFallback(ConfigFactory.parseResources("actors.conf"))
                .withFallback(ConfigFactory.parseResources("pipeline.conf"));
    }

    /** The defaults, but for what {@code changed} says. */
    static ActorSettings settings(String changed) {
        return ActorSettings.from(ConfigFactory.parseString(changed).withFallback(settingsFile()));
    }

    static StepReport report(PolicyVersion version, PolicyObjective objective, List<ScoredGroup> batch, int skipped) {
        return report(version, objective, batch, skipped, 1e-3);
    }

    static StepReport report(
            PolicyVersion version,
            PolicyObjective objective,
            List<ScoredGroup> batch,
            int skipped,
            double learningRate) {
        long staleness = batch.stream()
                .mapToLong(group ->
                        version.number() - 1 - group.group().oldestVersion().number())
                .max()
                .orElseThrow();
        int rollouts = batch.size() * 2;
        return new StepReport(
                version,
                objective.name(),
                objective.regularisation().spec(),
                objective.regularisation().coefficient(),
                batch.get(0).sequence(),
                batch.get(batch.size() - 1).sequence(),
                batch.size(),
                rollouts,
                rollouts * 2L,
                0.5,
                0.5,
                0,
                1,
                Double.NaN,
                1,
                1,
                0,
                0,
                0,
                0,
                1,
                learningRate,
                skipped,
                staleness,
                staleness,
                0.01,
                0,
                0);
    }

    static StepReport report(PolicyVersion version, DatasetObjective objective, DatasetBatch batch) {
        int examples = batch.examples().size();
        double unknown = Double.NaN;
        return new StepReport(
                version,
                objective.name(),
                objective.divergenceInUse(),
                objective.regularisation().coefficient(),
                batch.firstSequence(),
                batch.lastSequence(),
                examples,
                examples * batch.kind().sequences(),
                batch.completionTokens(),
                unknown,
                unknown,
                0.7,
                1,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                1,
                1e-3,
                0,
                0,
                0,
                0.01,
                0,
                0,
                Map.of("margin", 0.1));
    }

    /** As {@link #batch}, without rehearsal. */
    static LearningBatch toLearn(long first, int groups) {
        return LearningBatch.of(batch(first, groups));
    }

    /** Of a learner whose run has a hundred groups in flight, and which nobody holds between steps. */
    static LearnerCollaborators collaborators(
            PolicyLearner learner,
            boolean hasReference,
            Steering steering,
            ParametersInForce inForce,
            EventSink events,
            ActorRef<Learner.Notice> owner) {
        return collaborators(learner, hasReference, steering, inForce, List.of(), events, owner);
    }

    static LearnerCollaborators collaborators(
            PolicyLearner learner,
            boolean hasReference,
            Steering steering,
            ParametersInForce inForce,
            List<ScheduledChange> ahead,
            EventSink events,
            ActorRef<Learner.Notice> owner) {
        return new LearnerCollaborators(
                learner,
                hasReference,
                steering,
                inForce,
                TrainingRecord.from(begin()),
                ahead,
                Optional.of(new RolloutSamples(LetterTask.wantsTheLetterA().tokenizer())),
                () -> new GroupCounts(100, 0, Map.of(), 0, 100),
                () -> {},
                events,
                owner);
    }
}
