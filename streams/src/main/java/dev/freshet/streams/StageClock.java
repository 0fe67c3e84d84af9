package dev.freshet.streams;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The {@link StageActivity} of every stage of a pipeline that calls a port, and of the gate where it begins. */
final class StageClock {
    private final Map<StageName, StageActivity> activities = new EnumMap<>(StageName.class);

    /** @param measured the stages of a pipeline that call a port, and its gate */
    StageClock(List<StageName> measured, LongSupplier nanoTime) {
        measured.forEach(stage -> activities.put(stage, new StageActivity(stage, nanoTime)));
    }

    private StageClock(StageClock ended, LongSupplier nanoTime) {
        ended.activities.forEach(
                (stage, activity) -> activities.put(stage, new StageActivity(activity.snapshot(), nanoTime)));
    }

    /** For the stages of another pipeline, whose times go on from these. What still happens to the ended ones counts for none. */
    StageClock goingOn(LongSupplier nanoTime) {
        return new StageClock(this, nanoTime);
    }

    StageActivity of(StageName stage) {
        StageActivity activity = activities.get(stage);
        if (activity == null) {
            throw new IllegalArgumentException("stage " + stage.label() + " calls no port, so it takes no time");
        }
        return activity;
    }

    List<StageSnapshot> snapshots() {
        return activities.values().stream().map(StageActivity::snapshot).toList();
    }
}
