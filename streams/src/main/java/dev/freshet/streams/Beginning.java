package dev.freshet.streams;

/** How a pipeline begins. */
public enum Beginning {
    /** It admits groups and takes steps at once. */
    OPEN,
    /** As after {@link PipelineControl#pause}. */
    PAUSED
}
