package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.actors.ScheduledChange;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.ChangeScheduled;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import dev.freshet.streams.SettingChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose checkpoint is of version 3, and whose journal tells of commands. */
class SteeringBehindTest {
    private static final String RATE = "freshet.train.learning-rate";

    @TempDir
    private Path folder;

    private WrittenRun run;

    @BeforeEach
    void write() throws IOException {
        run = new WrittenRun(folder.resolve("run"));
    }

    /** As when somebody switches while the run is paused. */
    @Test
    void whatWasChangedAfterTheCheckpointsStepIsInForceFromTheNextOn() throws IOException {
        attempt(
                new DivergenceSwitched("js", 0.05, "reverse-kl", 0.2, version(4), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "1.5e-3", "9e-4", version(4), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "9e-4", "2e-4", version(4), ChangeOrigin.COMMAND),
                new ParameterChanged("freshet.generation.temperature", "1.0", "0.8", version(3), ChangeOrigin.COMMAND));

        StartingPoint start = resumed();

        var inForce = start.parameters(WrittenRun.configuration().steering());
        assertThat(inForce.objective().regularisation()).isEqualTo(Regularisation.of("reverse-kl", 0.2));
        assertThat(inForce.step().learningRate().peak()).isEqualTo(2e-4);
        assertThat(inForce.temperature()).isEqualTo(0.8);
        assertThat(start.ahead()).isEmpty();
        assertThat(start.news())
                .contains(
                        new DivergenceSwitched("js", 0.05, "reverse-kl", 0.2, version(4), ChangeOrigin.RESUME),
                        new ParameterChanged(RATE, "1.5e-3", "2e-4", version(4), ChangeOrigin.RESUME));
    }

    @Test
    void whatWasChangedLaterComesAgainThereAndWhatTheCheckpointHasDoesNot() throws IOException {
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(3), ChangeOrigin.COMMAND),
                new DivergenceSwitched("js", 0.05, "tv", 0.1, version(3), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "5e-4", "2e-4", version(6), ChangeOrigin.COMMAND),
                new ObjectiveSwitched(
                        "grpo",
                        "dapo",
                        List.of(new SettingChange("freshet.rlvr.clip-low", "0.2", "0.1")),
                        version(8),
                        ChangeOrigin.COMMAND));

        StartingPoint start = resumed();

        assertThat(start.parameters(WrittenRun.configuration().steering())
                        .step()
                        .learningRate()
                        .peak())
                .as("the checkpoint tells what it has")
                .isEqualTo(1.5e-3);
        assertThat(start.ahead())
                .containsExactly(
                        new ScheduledChange(version(6), Map.of(RATE, "2e-4")),
                        new ScheduledChange(
                                version(8), Map.of("freshet.objective", "dapo", "freshet.rlvr.clip-low", "0.1")));
        assertThat(start.news())
                .contains(new ChangeScheduled(Map.of(RATE, "2e-4"), version(6)))
                .hasSize(3);
    }

    @Test
    void aLaterAttemptHasTheLastWordFromTheVersionOnThatItCameTo() throws IOException {
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(5), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "5e-4", "4e-4", version(7), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "4e-4", "3e-4", version(9), ChangeOrigin.COMMAND));
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(5), ChangeOrigin.RESUME),
                new ParameterChanged(RATE, "5e-4", "1e-5", version(6), ChangeOrigin.COMMAND),
                new SteeringTakenBack(Map.of(RATE, "4e-4"), version(7), "a newer command"));

        assertThat(resumed().ahead())
                .containsExactly(
                        new ScheduledChange(version(5), Map.of(RATE, "5e-4")),
                        new ScheduledChange(version(6), Map.of(RATE, "1e-5")));
    }

    @Test
    void whatComesAgainOrWasTakenBackOverridesNothing() throws IOException {
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(5), ChangeOrigin.COMMAND),
                new DivergenceSwitched("js", 0.05, "tv", 0.1, version(6), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "5e-4", "4e-4", version(7), ChangeOrigin.COMMAND));
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(5), ChangeOrigin.RESUME),
                new SteeringTakenBack(Map.of("freshet.divergence", "tv"), version(6), "rolled back"));

        assertThat(resumed().ahead())
                .containsExactly(
                        new ScheduledChange(version(5), Map.of(RATE, "5e-4")),
                        new ScheduledChange(version(6), Map.of("freshet.divergence-coefficient", "0.1")),
                        new ScheduledChange(version(7), Map.of(RATE, "4e-4")));
    }

    @Test
    void settingsThatWereChangedSinceAreNewerThanTheCommands() throws IOException {
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(4), ChangeOrigin.COMMAND),
                new ParameterChanged(RATE, "5e-4", "4e-4", version(7), ChangeOrigin.COMMAND));

        StartingPoint start = resumed(RATE + "=7e-4");

        assertThat(start.state().parameters().inForce()).containsEntry(RATE, "7e-4");
        assertThat(start.ahead()).isEmpty();
        String why = "the settings have been changed since";
        assertThat(start.news())
                .contains(
                        new SteeringTakenBack(Map.of(RATE, "5e-4"), version(4), why),
                        new SteeringTakenBack(Map.of(RATE, "4e-4"), version(7), why));
    }

    @Test
    void aRollbackThatIsInNoCheckpointIsTakenBackByNameOnce() throws IOException {
        RolledBack lost = new RolledBack(version(7), version(0), version(8), 0, "step-000000", 3);
        attempt(lost, new ParameterChanged(RATE, "1.5e-3", "5e-4", version(9), ChangeOrigin.ROLLBACK));

        List<PipelineEvent> news = resumed().news();

        SteeringTakenBack told = new SteeringTakenBack(
                Map.of(), version(8), "the process ended before the weights of v0, as v8, were in a checkpoint");
        assertThat(news).contains(told).hasSize(2);
        attempt(told);
        assertThat(resumed().news()).hasSize(1).hasOnlyElementsOfType(GroupsTakenBack.class);
    }

    /** Also one that is lost: nobody wants back what he rolled back. */
    @Test
    void whatARollbackUndidDoesNotComeAgain() throws IOException {
        attempt(
                new ParameterChanged(RATE, "1.5e-3", "5e-4", version(6), ChangeOrigin.COMMAND),
                new RolledBack(version(7), version(0), version(8), 0, "step-000000", 3),
                new ParameterChanged(RATE, "5e-4", "1.5e-3", version(9), ChangeOrigin.ROLLBACK),
                new ParameterChanged(RATE, "1.5e-3", "4e-4", version(10), ChangeOrigin.COMMAND));

        StartingPoint start = resumed();

        assertThat(start.ahead()).containsExactly(new ScheduledChange(version(10), Map.of(RATE, "4e-4")));
        SteeringTakenBack told =
                new SteeringTakenBack(Map.of(RATE, "5e-4"), version(6), "the run was rolled back after it");
        assertThat(start.news()).contains(told);
        attempt(told);
        assertThat(resumed().news()).doesNotContain(told);
    }

    @Test
    void whatBreaksARuleByNowIsTakenBackAndTheRunGoesOn() throws IOException {
        attempt(new ParameterChanged("freshet.max-staleness", "1", "-1", version(4), ChangeOrigin.COMMAND));

        StartingPoint start = resumed();

        assertThat(start.state().parameters().inForce()).doesNotContainEntry("freshet.max-staleness", "-1");
        assertThat(start.news())
                .filteredOn(SteeringTakenBack.class::isInstance)
                .singleElement()
                .satisfies(news -> assertThat(((SteeringTakenBack) news).why()).contains("max-staleness"));
    }

    @Test
    void aSwitchThatNeedsTheReferenceThatIsOffByNowIsRefused() throws IOException {
        run = new WrittenRun(folder.resolve("switched"), "freshet.divergence=none");
        run.write(4, "none", 0.05);
        attempt(new DivergenceSwitched("none", 0.05, "tv", 0.1, version(7), ChangeOrigin.COMMAND));

        assertThat(resumed("freshet.divergence=none").ahead()).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resumed("freshet.divergence=none", "freshet.reference=off"))
                .withMessage("divergence tv, to which the run was switched from v7 on, needs a reference, which is off:"
                        + " keep freshet.reference = initial");
    }

    @Test
    void aTornLineIsPassedOver() throws IOException {
        attempt(new ParameterChanged(RATE, "1.5e-3", "5e-4", version(4), ChangeOrigin.COMMAND));
        Files.writeString(
                run.directory().resolve("events.jsonl"),
                "{\"sequence\":9,\"type\":\"ParameterChanged\",\"key\":\"freshet.tr",
                StandardOpenOption.APPEND);

        assertThat(resumed().state().parameters().inForce()).containsEntry(RATE, "5e-4");
    }

    private void attempt(PipelineEvent... events) throws IOException {
        try (Journal journal = Journal.open(
                run.directory().resolve("events.jsonl"), new Rotation(1 << 20, 2), InstantSource.system())) {
            List.of(events).forEach(journal::accept);
        }
    }

    private StartingPoint resumed(String... changed) {
        return StartingPoint.resumed(
                        WrittenRun.configuration(changed),
                        run.store(),
                        run.directory().resolve("events.jsonl"))
                .orElseThrow();
    }

    private static PolicyVersion version(long number) {
        return new PolicyVersion(number);
    }
}
