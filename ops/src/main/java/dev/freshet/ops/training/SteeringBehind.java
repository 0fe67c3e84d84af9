package dev.freshet.ops.training;

import dev.freshet.actors.RunParameters;
import dev.freshet.actors.ScheduledChange;
import dev.freshet.model.checkpoint.Rollback;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.ChangeScheduled;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of the commands behind the checkpoint that a run goes on from: all of them come into force again at their own
 * versions, unless the settings of the resumed run say otherwise, since whoever wrote those was the last to be asked.
 *
 * @param atOnce what is in force from the first step on, by key, beside what the checkpoint has
 * @param ahead what comes into force later
 * @param news what to tell of it
 */
record SteeringBehind(Map<String, String> atOnce, List<ScheduledChange> ahead, List<PipelineEvent> news) {
    SteeringBehind {
        atOnce = Map.copyOf(atOnce);
        ahead = List.copyOf(ahead);
        news = List.copyOf(news);
    }

    static SteeringBehind of(RunConfiguration configuration, TrainingState saved, JournalledSteering journal) {
        Set<String> setAnew = Provenance.setAnew(configuration, saved);
        ConfigSteering steering = configuration.steering();
        RunParameters inForce =
                steering.inForceIn(Provenance.resumedState(configuration, saved, Map.of()), steering.configured());
        Map<String, String> atOnce = new HashMap<>();
        List<ScheduledChange> ahead = new ArrayList<>();
        List<PipelineEvent> news = new ArrayList<>();
        for (ScheduledChange change : journal.changes()) {
            change.only(setAnew).ifPresent(lost -> news.add(lost.takenBack("the settings have been changed since")));
            Optional<ScheduledChange> left = change.without(setAnew);
            if (left.isEmpty()) {
                continue;
            }
            ScheduledChange kept = left.get();
            if (!kept.isDueAt(saved.version())) {
                ahead.add(kept);
                news.add(new ChangeScheduled(kept.settings(), kept.firstVersion()));
                continue;
            }
            try {
                inForce = kept.applyTo(inForce, steering);
                atOnce.putAll(kept.settings());
            } catch (RuntimeException broken) {
                news.add(kept.takenBack(String.valueOf(broken.getMessage())));
            }
        }
        journal.rolledBack().forEach(undone -> news.add(undone.takenBack("the run was rolled back after it")));
        for (Rollback lost : journal.rollbacks()) {
            news.add(new SteeringTakenBack(
                    Map.of(),
                    lost.version(),
                    "the process ended before the weights of " + lost.parent() + ", as " + lost.version()
                            + ", were in a checkpoint"));
        }
        return new SteeringBehind(atOnce, ahead, news);
    }

    /**
     * Before anything is trained.
     *
     * @param state that the run goes on from
     * @throws IllegalArgumentException if something that comes later needs a reference, and there is none
     */
    void requireReference(RunConfiguration configuration, TrainingState state) {
        ConfigSteering steering = configuration.steering();
        RunParameters inForce = steering.inForceIn(state, steering.configured());
        for (ScheduledChange change : ahead) {
            try {
                inForce = change.applyTo(inForce, steering);
            } catch (RuntimeException broken) {
                continue; // Told when its version comes.
            }
            if (inForce.objective().needsReference() && !configuration.hasReference()) {
                throw new IllegalArgumentException("divergence "
                        + inForce.objective().divergenceInUse() + ", to which the run was switched from "
                        + change.firstVersion()
                        + " on, needs a reference, which is off: keep freshet.reference = initial");
            }
        }
    }
}
