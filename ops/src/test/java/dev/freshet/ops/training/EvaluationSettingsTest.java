package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.training.EvaluationSettings.End;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationSettingsTest {
    @Test
    void measuresMoreAsFarAsTheSamplesSuffice() {
        assertThat(settings(16, 1, 4, 16).alsoMeasuring(List.of(1, 8)).ks()).containsExactly(1, 4, 8, 16);
        assertThat(settings(4, 4).alsoMeasuring(List.of(1, 8)).ks()).containsExactly(1, 4);
    }

    @Test
    void measuresThoseKThatTheSamplesSufficeFor() {
        assertThat(read("samples=12").ks()).containsExactly(1, 2, 4, 8);
        assertThat(read("samples=200").ks()).containsExactly(1, 2, 4, 8, 16, 32, 64);
        assertThatThrownBy(() -> read("k=[4,0]")).hasMessage("k must be at least 1, was 0 (freshet.evaluation.k)");
    }

    @Test
    void theHeldOutSuiteIsMeasuredInAnyCaseAndFirst() {
        assertThat(read("suites=[]").suites()).containsExactly("held_out");
        assertThat(read("suites=[addition,held_out,far]").suites()).containsExactly("held_out", "addition", "far");
    }

    @Test
    void anotherTasksSuiteIsRefused() {
        assertThatThrownBy(() -> WrittenRun.configuration("freshet.evaluation.suites=[far]"))
                .hasMessage(
                        "suites must be of those that task arithmetic has, held_out; one was \"far\" (freshet.evaluation.suites)");
        assertThat(WrittenRun.configuration("freshet.task.name=countdown", "freshet.evaluation.suites=[far]")
                        .evaluation()
                        .suites())
                .containsExactly("held_out", "far");
    }

    @Test
    void isMeasuredAtTheEndsThatAreNamed() {
        assertThat(read("samples=12").at()).containsExactlyInAnyOrder(End.START, End.END);
        assertThat(read("at=[end]").at()).containsExactly(End.END);
        assertThat(read("at=[]").at()).isEmpty();
        assertThatThrownBy(() -> read("at=[middle]"))
                .hasMessage("at must be of start and end, one was \"middle\" (freshet.evaluation.at)");
    }

    @ParameterizedTest
    @CsvSource({"5, 10, true", "5, 11, false", "0, 10, false"})
    void isDueEverySoManySteps(int interval, long step, boolean due) {
        assertThat(read("interval=" + interval).isDueAt(step)).isEqualTo(due);
    }

    @Test
    void refusesAnIntervalBelow0() {
        assertThatThrownBy(() -> read("interval=-1"))
                .hasMessage("interval must be at least 0, was -1 (freshet.evaluation.interval)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 s", "-1 s", "101 days"})
    void anEvaluationHasATimeInWhichItEnds(String timeout) {
        assertThatThrownBy(() -> read("timeout=" + timeout))
                .hasMessageStartingWith("timeout must be at least 1 ms and at most 100 days, was ")
                .hasMessageEndingWith(" (freshet.evaluation.timeout)");
    }

    private static EvaluationSettings read(String changed) {
        return EvaluationSettings.from(WrittenRun.settings("freshet.evaluation." + changed));
    }

    private static EvaluationSettings settings(int samples, Integer... ks) {
        return new EvaluationSettings(
                9, samples, List.of(ks), Duration.ofMinutes(1), 0, List.of(), Set.of(End.START), Optional.empty());
    }
}
