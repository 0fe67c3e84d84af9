package dev.freshet.streams;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The {@link StageActivity} of every stage that calls a port, and of the gate at {@link StageName#PROMPTS}. */
final class StageClock {
    private static final List<StageName> MEASURED = List.of(
            StageName.PROMPTS,
            StageName.GENERATE,
            StageName.VERIFY,
            StageName.SCORE_REFERENCE,
            StageName.LEARN,
            StageName.PUSH_WEIGHTS);

    private final Map<StageName, StageActivity> activities = new EnumMap<>(StageName.class);

    StageClock(LongSupplier nanoTime) {
        MEASURED.forEach(stage -> activities.put(stage, new StageActivity(stage, nanoTime)));
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
