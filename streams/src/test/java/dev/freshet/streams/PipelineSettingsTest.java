package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineSettingsTest {
    @Test
    void defaultsLetAWholeNextBatchBeOnItsWay() {
        assertThat(settings("")).isEqualTo(new PipelineSettings(32, 8, 88, 128, 1, 0, AdmissionMode.ASYNCHRONOUS));
    }

    @Test
    void everyKeyIsRead() {
        PipelineSettings settings = settings("""
                freshet.max-staleness = 5
                freshet.train.batch-groups = 10
                freshet.pipeline.generate-parallelism = 7
                freshet.pipeline.verify-parallelism = 6
                freshet.pipeline.score-parallelism = 4
                freshet.pipeline.max-push-lag = 2
                """);
        assertThat(settings).isEqualTo(new PipelineSettings(7, 6, 4, 10, 5, 2, AdmissionMode.ASYNCHRONOUS));
        assertThat(settings("freshet.deterministic = true").mode()).isEqualTo(AdmissionMode.SYNCHRONOUS);
    }

    @ParameterizedTest
    @CsvSource({
        "128, 1, 0",
        "128, 2, 0",
        "128, 3, 1",
        "4, 1, 0",
        "5, 1, 0",
        "2, 2, 0",
        "1, 4, 0",
        "1, 7, 0",
        "100, 4, 0",
        "17, 2, 1"
    })
    void automaticParallelismUsesUpWhatMaxStalenessAllows(int batchGroups, int maxStaleness, int maxPushLag) {
        PipelineSettings settings = settings("freshet.train.batch-groups = " + batchGroups
                + ", freshet.max-staleness = " + maxStaleness + ", freshet.pipeline.max-push-lag = " + maxPushLag);
        assertThat(settings.stalenessBound()).isEqualTo(maxStaleness);
        assertThat(settings.inFlight()).isEqualTo((long) (maxStaleness - maxPushLag + 1) * batchGroups + 1);
    }

    @Test
    void whatIsNotSetMakesRoomForWhatIs() {
        PipelineSettings settings = settings("freshet.pipeline.verify-parallelism = 60");
        assertThat(settings.scoreParallelism()).isEqualTo(128 - 60 - 32);
        assertThat(settings.stalenessBound()).isEqualTo(1);
    }

    @Test
    void withoutStalenessTheBatchIsAllThatIsInFlight() {
        PipelineSettings settings = settings("freshet.max-staleness = 0");
        assertThat(settings.mode()).isEqualTo(AdmissionMode.SYNCHRONOUS);
        assertThat(settings.generateParallelism()).isEqualTo(128);
        assertThat(settings.inFlight()).isEqualTo(128);
        assertThat(settings.stalenessBound()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 1, 2, 9, 3", "1, 1, 1, 3, 7, 1", "3, 1, 1, 4, 10, 2", "8, 4, 4, 16, 33, 1", "19, 4, 4, 4, 32, 7"
    })
    void theBoundFollowsFromWhatTheStagesHold(
            int generate, int verify, int score, int batch, long inFlight, long bound) {
        PipelineSettings settings =
                new PipelineSettings(generate, verify, score, batch, 100, 0, AdmissionMode.ASYNCHRONOUS);
        assertThat(settings.inFlight()).isEqualTo(inFlight);
        assertThat(settings.stalenessBound()).isEqualTo(bound);
        assertThat(new PipelineSettings(generate, verify, score, batch, 100, 3, AdmissionMode.ASYNCHRONOUS)
                        .stalenessBound())
                .isEqualTo(bound + 3);
    }

    @Test
    void refusesABoundAboveMaxStaleness() {
        assertThatThrownBy(() -> settings("freshet.train.batch-groups = 16, freshet.pipeline {"
                        + " generate-parallelism = 20, verify-parallelism = 2, score-parallelism = 2 }"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the staleness bound must be at most max-staleness 1, was 2 with up to 40 groups sampled and not learnt from, batches"
                                + " of 16 and a push lag of 0: lower freshet.pipeline.generate-parallelism from 20 to at most 12, or raise"
                                + " freshet.max-staleness to 2 or more");
    }

    @Test
    void theRemedyOfARefusalIsAccepted() {
        PipelineSettings settings = settings("freshet.train.batch-groups = 16, freshet.pipeline {"
                + " generate-parallelism = 12, verify-parallelism = 2, score-parallelism = 2 }");
        assertThat(settings.stalenessBound()).isEqualTo(1);
    }

    @Test
    void refusesBatchesTooSmallForThreeStages() {
        assertThatThrownBy(() -> settings("freshet.train.batch-groups = 2"))
                .hasMessage(
                        "the staleness bound must be at most max-staleness 1, was 2 with up to 5 groups sampled and not learnt from, batches of 2"
                                + " and a push lag of 0: raise freshet.max-staleness to 2 or more");
    }

    @Test
    void anotherMaxStalenessLeavesTheStagesAsTheyAre() {
        PipelineSettings settings = settings("freshet { max-staleness = 3, train.batch-groups = 10 }");
        assertThat(settings.withMaxStaleness(9))
                .isEqualTo(new PipelineSettings(7, 1, 22, 10, 9, 0, AdmissionMode.ASYNCHRONOUS));
        assertThatThrownBy(() -> settings.withMaxStaleness(2))
                .hasMessage(
                        "max-staleness must be at least the staleness bound of this run's stages, 3, was 2: set 3 or"
                                + " more (freshet.max-staleness)");
    }

    @Test
    void refusesToBeSynchronousWithGeneratorsThatLag() {
        assertThatThrownBy(() -> settings("freshet.max-staleness = 0, freshet.pipeline.max-push-lag = 1"))
                .hasMessageContaining("at most max-staleness 0, was 1");
    }

    @ParameterizedTest
    @CsvSource({
        "freshet.train.batch-groups, 0, 'batch-groups must be at least 1, was 0 (freshet.train.batch-groups)'",
        "freshet.max-staleness, -1, 'max-staleness must be at least 0, was -1 (freshet.max-staleness)'",
        "freshet.pipeline.max-push-lag, -1, 'max-push-lag must be at least 0, was -1 (freshet.pipeline.max-push-lag)'",
        "freshet.pipeline.generate-parallelism, 0,"
                + " 'generate-parallelism must be at least 1, was 0 (freshet.pipeline.generate-parallelism)'",
        "freshet.pipeline.verify-parallelism, 0,"
                + " 'verify-parallelism must be at least 1, was 0 (freshet.pipeline.verify-parallelism)'",
        "freshet.pipeline.score-parallelism, -2,"
                + " 'score-parallelism must be at least 1, was -2 (freshet.pipeline.score-parallelism)'",
        "freshet.pipeline.score-parallelism, many,"
                + " 'freshet.pipeline.score-parallelism must be auto or a whole number of groups, at least 1, was many'"
    })
    void refusesValuesOutOfRange(String key, String value, String message) {
        assertThatThrownBy(() -> settings(key + " = " + value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static PipelineSettings settings(String overrides) {
        Config defaults = ConfigFactory.parseResources("pipeline.conf");
        return PipelineSettings.from(
                ConfigFactory.parseString(overrides).withFallback(defaults).resolve());
    }
}
