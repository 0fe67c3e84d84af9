package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.FuzzRequest.Credentials;
import dev.freshet.ops.bench.FuzzRequest.Ending;
import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallTallyTest {
    private final CallTally tally = new CallTally();

    @BeforeEach
    void threeThatWaitedAndTwoThatLeft() {
        tally.add(call(Ending.WAIT, EnumSet.of(Code.INVALID_ARGUMENT)), Code.INVALID_ARGUMENT);
        tally.add(call(Ending.WAIT, EnumSet.of(Code.INVALID_ARGUMENT)), Code.INVALID_ARGUMENT);
        tally.add(call(Ending.WAIT, EnumSet.of(Code.NOT_FOUND)), Code.NOT_FOUND);
        tally.add(call(Ending.CANCEL, EnumSet.of(Code.OK, Code.CANCELLED)), Code.CANCELLED);
        tally.add(call(Ending.HURRY, EnumSet.of(Code.OK, Code.CANCELLED)), Code.CANCELLED);
    }

    @Test
    void aCallThatWaitedIsCountedOnceUnderItsCode() {
        assertThat(tally.differences(Map.of("invalid_argument", 2L, "not_found", 1L)))
                .isEmpty();
        assertThat(tally.differences(Map.of("invalid_argument", 1L, "not_found", 1L, "cancelled", 1L)))
                .containsExactly("the server counted 1 calls invalid_argument, and callers know of 2");
        assertThat(tally.differences(Map.of("invalid_argument", 3L, "not_found", 1L)))
                .containsExactly("the server counted 3 calls invalid_argument, and callers know of 2");
    }

    @Test
    void oneThatWasLeftIsCountedUnderWhatItMayHaveEndedAsOrNotAtAll() {
        assertThat(tally.differences(Map.of("invalid_argument", 2L, "not_found", 1L, "ok", 1L, "cancelled", 1L)))
                .isEmpty();
        assertThat(tally.differences(Map.of("invalid_argument", 2L, "not_found", 1L, "internal", 1L)))
                .containsExactly("the server counted 1 calls internal, and callers know of 0");
        assertThat(tally.differences(Map.of("invalid_argument", 2L, "not_found", 1L, "ok", 2L, "cancelled", 1L)))
                .containsExactly("the server counted 6 calls in all, and callers know of 3 to 5");
        assertThat(tally.expected())
                .isEqualTo(Map.of("invalid_argument", "2", "not_found", "1", "ok", "0 to 2", "cancelled", "0 to 2"));
    }

    @Test
    void metricsTellOfOpenCallsAndOfEndedOnesByResult() {
        CallMetrics before = CallMetrics.parse("""
                freshet_control_commands_total{command="pause",result="ok"} 1.0
                """);
        CallMetrics after = CallMetrics.parse("""
                # TYPE freshet_control_commands counter
                freshet_control_commands_total{command="pause",result="ok"} 3.0
                freshet_control_commands_total{command="sample",result="ok"} 1.2E1
                freshet_control_commands_total{command="sample",result="cancelled"} 4.0
                freshet_control_calls_open{command="pause"} 0.0
                freshet_control_calls_open{command="watch_events"} 2.0
                """);
        assertThat(after.open()).isEqualTo(2);
        assertThat(after.endedSince(before)).isEqualTo(Map.of("ok", 14L, "cancelled", 4L));
    }

    private static FuzzRequest call(Ending ending, Set<Code> allowed) {
        return new FuzzRequest("any", "freshet.v1.Control/Pause", List.of(), Credentials.RIGHT, ending, allowed);
    }
}
