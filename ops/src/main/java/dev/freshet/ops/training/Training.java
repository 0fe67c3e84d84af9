package dev.freshet.ops.training;

/** What a run does from where it begins until it has ended. */
sealed interface Training permits PolicyTraining, DistillationTraining {
    /** @throws Exception if it failed */
    void from(StartingPoint start) throws Exception;
}
