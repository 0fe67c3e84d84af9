package dev.freshet.streams;

/** Why something else is in force than before. */
public enum ChangeOrigin {
    /** Somebody asked for it, and was answered that it is so from a version on: it outlives the process. */
    COMMAND,
    /** A resumed run has it in force: from its checkpoint, its settings or its journal, which brings back what was commanded. */
    RESUME,
    /** It was in force in the checkpoint that the run was rolled back to. */
    ROLLBACK
}
