package dev.freshet.ops.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunJsonTest {
    private static final Set<String> TAKEN_BY_THE_JOURNAL = Set.of("sequence", "time", "attempt", "type");

    @ParameterizedTest
    @MethodSource("events")
    void noEventHasAComponentWithANameThatTheJournalTakes(Class<?> event) {
        SnakeCaseStrategy snakeCase = new SnakeCaseStrategy();
        assertThat(Arrays.stream(event.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(snakeCase::translate)
                        .filter(name -> !(event == GroupDropped.class && name.equals("sequence"))))
                .doesNotContainAnyElementsOf(TAKEN_BY_THE_JOURNAL);
    }

    @ParameterizedTest
    @EnumSource
    void dropReasonsGoByTheirLabels(DropReason reason) {
        assertThat(new String(RunJson.line(new GroupDropped(1, reason, "")), UTF_8))
                .contains("\"reason\":\"" + reason.label() + "\"");
    }

    private static Class<?>[] events() {
        return Arrays.stream(PipelineEvent.class.getPermittedSubclasses())
                .filter(Class::isRecord)
                .toArray(Class<?>[]::new);
    }
}
