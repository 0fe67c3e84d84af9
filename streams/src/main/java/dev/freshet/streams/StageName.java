package dev.freshet.streams;

/** The stages of the pipelines, in their order: the one source of their names in code, metrics, events and pictures. */
public enum StageName {
    PROMPTS("prompts"),
    EXAMPLES("examples"),
    ROUNDS("rounds"),
    READ("read"),
    GENERATE("generate"),
    VERIFY("verify"),
    SCORE_REFERENCE("score_reference"),
    DROP_STALE("drop_stale"),
    BATCH("batch"),
    PREFETCH("prefetch"),
    REHEARSE("rehearse"),
    LEARN("learn"),
    PUSH_WEIGHTS("push_weights");

    private final String label;

    StageName(String label) {
        this.label = label;
    }

    /** The value of the metric label {@code stage}. */
    public String label() {
        return label;
    }
}
