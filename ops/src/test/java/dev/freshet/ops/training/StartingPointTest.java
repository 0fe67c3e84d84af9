package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunParameters;
import dev.freshet.model.checkpoint.CheckpointRetention;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingPointTest {
    private static final PolicyVersion V3 = new PolicyVersion(3);

    @TempDir
    private Path folder;

    private WrittenRun run;

    @BeforeEach
    void write() throws IOException {
        run = new WrittenRun(folder.resolve("run"));
    }

    @Test
    void isTheNewestCheckpointWithNothingInFlight() {
        StartingPoint start = resumed();

        assertThat(start.resumedFrom()).contains(V3);
        assertThat(start.state().groups()).containsEntry("in_flight", 0L).containsEntry("returned", 7L);
        assertThat(regularisation(start)).isEqualTo(Regularisation.of("js", 0.05));
        assertThat(start.news()).containsExactly(new GroupsTakenBack("step-000003", V3, 384, 7));
    }

    @Test
    void damagedCheckpointsAreNamedByTheirOwnVersions() throws IOException {
        run.write(5, "js", 0.05);
        run.damage(5);

        assertThat(resumed().news())
                .filteredOn(CheckpointRefused.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    CheckpointRefused refused = (CheckpointRefused) event;
                    assertThat(refused.version()).isEqualTo(new PolicyVersion(5));
                    assertThat(refused.why()).contains("step-000005 refused");
                });
    }

    @Test
    void aRunKeepsTheDivergenceThatItWasSwitchedTo() {
        run.write(4, "forward-kl", 0.1);
        assertThat(regularisation(resumed())).isEqualTo(Regularisation.of("forward-kl", 0.1));
    }

    @Test
    void aDivergenceThatIsSetAnewHoldsFromTheNextStep() {
        run.write(4, "forward-kl", 0.1);
        StartingPoint start = resumed("freshet.divergence=tv");

        assertThat(regularisation(start)).isEqualTo(Regularisation.of("tv", 0.1));
        assertThat(start.news())
                .contains(new DivergenceSwitched(
                        "forward-kl", 0.1, "tv", 0.1, new PolicyVersion(5), ChangeOrigin.RESUME));
    }

    @Test
    void aCoefficientThatIsSetAnewHoldsFromTheNextStep() {
        StartingPoint start = resumed("freshet.divergence-coefficient=0.2");

        assertThat(regularisation(start)).isEqualTo(Regularisation.of("js", 0.2));
        assertThat(start.state().divergenceCoefficient()).isEqualTo(0.2);
    }

    @Test
    void aSettingHoldsUntilACommandSwitchesAgain() {
        RunConfiguration changed = WrittenRun.configuration("freshet.divergence=tv");
        StartingPoint first =
                StartingPoint.resumed(changed, run.store(), journal()).orElseThrow();
        assertThat(first.state().divergence()).isEqualTo("tv");

        var switchedSince = Provenance.resumedState(WrittenRun.configuration(), first.state(), Map.of());
        assertThat(switchedSince.divergence()).as("set back to js").isEqualTo("js");
        assertThat(Provenance.resumedState(changed, first.state(), Map.of()).divergence())
                .isEqualTo("tv");
    }

    @Test
    void whatWasSetWhileItRanWinsOverTheSettingsAndIsTold() {
        run.writeWith(4, Map.of("freshet.train.learning-rate", "2e-4"));
        StartingPoint start = resumed();

        assertThat(parameters(start).step().learningRate().peak()).isEqualTo(2e-4);
        assertThat(start.news())
                .contains(new ParameterChanged(
                        "freshet.train.learning-rate", "1.5e-3", "2e-4", new PolicyVersion(5), ChangeOrigin.RESUME));
    }

    @Test
    void aParameterThatIsSetAnewHoldsFromTheNextStep() {
        run.writeWith(4, Map.of("freshet.train.learning-rate", "2e-4", "freshet.rlvr.clip-low", "0.1"));
        StartingPoint start = resumed("freshet.train.learning-rate=5e-4");

        assertThat(start.state().parameters().inForce())
                .containsEntry("freshet.train.learning-rate", "5e-4")
                .containsEntry("freshet.rlvr.clip-low", "0.1");
        assertThat(start.state().parameters().configured()).containsEntry("freshet.train.learning-rate", "5e-4");
        assertThat(start.news())
                .filteredOn(ParameterChanged.class::isInstance)
                .containsExactly(
                        new ParameterChanged(
                                "freshet.rlvr.clip-low", "auto", "0.1", new PolicyVersion(5), ChangeOrigin.RESUME),
                        new ParameterChanged(
                                "freshet.train.learning-rate",
                                "2e-4",
                                "5e-4",
                                new PolicyVersion(5),
                                ChangeOrigin.RESUME));
    }

    /** A run's own config.conf writes 1.0 as 1. */
    @Test
    void aNumberThatIsWrittenOtherwiseIsNoNews() {
        StartingPoint start = resumed("freshet.generation.temperature=1", "freshet.train.learning-rate=0.0015");
        assertThat(start.news()).containsExactly(new GroupsTakenBack("step-000003", V3, 384, 7));
    }

    @Test
    void theLevelOfTheLogThatWasSetIsToldToIt() {
        run.writeWith(4, Map.of("freshet.log.level", "debug"));

        assertThat(resumed().news())
                .contains(new ParameterChanged(
                        "freshet.log.level", "info", "debug", new PolicyVersion(5), ChangeOrigin.RESUME));
        assertThat(resumed("freshet.log.level=error").news())
                .contains(new ParameterChanged(
                        "freshet.log.level", "debug", "error", new PolicyVersion(5), ChangeOrigin.RESUME));
    }

    @Test
    void aMaxStalenessThatWasSetIsRefusedWhereTheStagesHoldMore() {
        run.writeWith(4, Map.of("freshet.max-staleness", "2"));

        assertThat(parameters(resumed()).maxStaleness()).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    run.writeWith(4, Map.of("freshet.max-staleness", "0"));
                    resumed();
                })
                .withMessage(
                        "max-staleness must be at least the staleness bound of this run's stages, 1, was 0: set 1 or"
                                + " more (freshet.max-staleness)");
    }

    @Test
    void withoutACheckpointThereIsNone() {
        CheckpointStore empty = new CheckpointStore(folder.resolve("nothing"), new CheckpointRetention(3, 0));
        assertThat(StartingPoint.resumed(WrittenRun.configuration(), empty, journal()))
                .isEmpty();
    }

    @Test
    void withoutAReferenceItsWeightsAreNotNeeded() throws IOException {
        run.write(4, "none", 0.05);
        run.damage(0);

        assertThat(resumed("freshet.reference=off", "freshet.divergence=none").reference())
                .isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(this::resumed)
                .withMessageContaining("the reference is the policy at version 0, whose checkpoint cannot be used");
    }

    @Test
    void anInterruptedReadIsNoDamage() {
        EndWish wish = new EndWish();
        assertThatThrownBy(() -> {
                    var unused = wish.interruptible(() -> {
                        wish.add(StopMode.DRAIN);
                        return StartingPoint.resumed(WrittenRun.configuration(), run.store(), journal());
                    });
                    wish.requireNone();
                })
                .isInstanceOf(InterruptedException.class);
    }

    private static Regularisation regularisation(StartingPoint start) {
        return parameters(start).objective().regularisation();
    }

    private static RunParameters parameters(StartingPoint start) {
        return start.parameters(WrittenRun.configuration().steering());
    }

    private Path journal() {
        return run.directory().resolve("events.jsonl");
    }

    private StartingPoint resumed(String... changed) {
        return StartingPoint.resumed(WrittenRun.configuration(changed), run.store(), journal())
                .orElseThrow();
    }
}
