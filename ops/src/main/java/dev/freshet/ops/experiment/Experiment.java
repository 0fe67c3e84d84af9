package dev.freshet.ops.experiment;

import java.util.List;

/** One reproduction at one size. */
interface Experiment {
    String name();

    /** What decides the figures beside the machine: a record, written into the result as it is. */
    Object settings();

    /** In the order of the table's columns. */
    List<String> metrics();

    /** Runs all arms with all seeds; blocks for as long as that takes. */
    List<ArmResult> run(ExperimentRuns runs) throws Exception;

    /** What papers say, to stand beside the results. */
    List<Ordering> orderings();

    /** What must hold. */
    List<Check> checks(ArmTable table);
}
