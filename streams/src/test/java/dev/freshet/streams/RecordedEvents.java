package dev.freshet.streams;

import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Remembers every event. */
final class RecordedEvents implements EventSink {
    private final List<PipelineEvent> events = new CopyOnWriteArrayList<>();

    private volatile Runnable onStep = () -> {};

    @Override
    public void accept(PipelineEvent event) {
        events.add(event);
        if (event instanceof StepTrained) {
            onStep.run();
        }
    }

    /** From now on done at every step, from within the event. */
    void onStep(Runnable action) {
        onStep = action;
    }

    List<PipelineEvent> all() {
        return events;
    }

    List<StepTrained> steps() {
        return of(StepTrained.class);
    }

    List<GroupDropped> drops() {
        return of(GroupDropped.class);
    }

    List<GroupsReturned> returns() {
        return of(GroupsReturned.class);
    }

    Map<DropReason, Long> dropsByReason() {
        return drops().stream().collect(Collectors.groupingBy(GroupDropped::reason, Collectors.counting()));
    }

    long maxStaleness() {
        return steps().stream()
                .mapToLong(step -> step.report().maxStaleness())
                .max()
                .orElseThrow();
    }

    private <T extends PipelineEvent> List<T> of(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
