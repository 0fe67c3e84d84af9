package dev.freshet.ops.control.caller;

import io.grpc.Status.Code;
import java.util.Set;

/** What a {@link RandomCaller} may send, and how it is rightly answered. */
public enum Call {
    STATUS("status", Code.OK),
    PAUSE("pause", Code.OK),
    PAUSE_NOW("pause-now", Code.OK),
    RESUME("resume", Code.OK),
    SWITCH_DIVERGENCE("switch-divergence", Code.OK),
    /** An unknown spec, or a coefficient that is none. */
    SWITCH_DIVERGENCE_WRONGLY("switch-divergence, wrongly", Code.INVALID_ARGUMENT),
    LIST_DIVERGENCES("list-divergences", Code.OK),
    LIST_OBJECTIVES("list-objectives", Code.OK),
    CHECKPOINT("checkpoint", Code.OK),
    LIST_PARAMETERS("list-parameters", Code.OK),
    /** A mutable setting, to what it is or to another value that it may have. */
    SET_PARAMETER("set-parameter", Code.OK),
    /** A setting that does not exist, or is not mutable, or a value that it cannot have. */
    SET_PARAMETER_WRONGLY("set-parameter, wrongly", Code.INVALID_ARGUMENT),
    SAMPLE("sample", Code.OK),
    /** A prompt that no model has room for, or no completion at all. */
    SAMPLE_WRONGLY("sample, wrongly", Code.INVALID_ARGUMENT),
    /** Events that the journal has already. */
    READ_EVENTS("read events", Code.OK);

    private final String label;
    private final Code right;

    Call(String label, Code right) {
        this.label = label;
        this.right = right;
    }

    /** For people, and for figures. */
    public String label() {
        return label;
    }

    boolean isRightlyAnsweredBy(Code code) {
        return code == right;
    }

    /** Those that hold a run until it is resumed. */
    static final Set<Call> PAUSES = Set.of(PAUSE, PAUSE_NOW);
}
