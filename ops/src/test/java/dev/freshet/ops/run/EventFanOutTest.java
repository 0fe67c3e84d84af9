package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFanOutTest {
    @Test
    void aFailingSinkIsCountedAndStopsNoOther() {
        List<PipelineEvent> before = new ArrayList<>();
        List<PipelineEvent> after = new ArrayList<>();
        EventSink broken = event -> {
            throw new IllegalStateException("broken");
        };
        EventFanOut fanOut = new EventFanOut(List.of(before::add, broken, after::add));

        fanOut.accept(RunEvents.dropped(1));
        fanOut.accept(RunEvents.dropped(2));

        assertThat(before).hasSize(2).isEqualTo(after);
        assertThat(fanOut.failures()).isEqualTo(2);
    }
}
