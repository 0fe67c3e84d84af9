package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.task.Task;
import dev.freshet.ops.run.RunSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a policy can be measured on, by name; the task's own held-out suite first. */
final class EvaluationSuites {
    private static final int LONGEST_SHOWN = 60;

    private final Map<String, HeldOutEvaluation> byName = new LinkedHashMap<>();
    private final List<String> ofTheRun;

    /** @param ofTheRun names of those that the run measures of itself */
    EvaluationSuites(List<HeldOutEvaluation> all, List<String> ofTheRun) {
        all.forEach(evaluation -> byName.put(evaluation.suite(), evaluation));
        this.ofTheRun = List.copyOf(ofTheRun);
    }

    /** All suites of the run's task, and the one of another skill; of each also what the run's summary reports, whatever is set. */
    static EvaluationSuites of(EvaluationScope scope) {
        Task task = scope.configuration().task();
        EvaluationSettings settings = scope.configuration().evaluation().alsoMeasuring(RunSummary.REPORTED_K);
        List<HeldOutEvaluation> all = new ArrayList<>();
        task.suites().forEach(suite -> all.add(new HeldOutEvaluation(scope, suite, task, settings)));
        OtherSkill.evaluation(scope, settings).ifPresent(all::add);
        return new EvaluationSuites(all, settings.suites());
    }

    List<HeldOutEvaluation> ofTheRun() {
        return ofTheRun.stream().map(this::named).toList();
    }

    /**
     * @param name empty for the held-out suite
     * @throws RefusedException if there is none of that name
     */
    HeldOutEvaluation named(String name) {
        HeldOutEvaluation evaluation = byName.get(name.isEmpty() ? Task.HELD_OUT : name);
        if (evaluation == null) {
            throw new RefusedException(
                    Kind.NOT_FOUND,
                    "there is no suite \"" + shown(name) + "\"; the task has " + String.join(", ", byName.keySet()));
        }
        return evaluation;
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "...";
    }
}
