package dev.freshet.streams;

/** Why an admitted group ended without being trained on. Each group ends exactly once. */
public enum DropReason {
    /** No generator could finish it within the allowed attempts. */
    FAILED("failed"),
    /** The model has no room for its prompt and the longest completion of it, or for an example as it stands in its line. */
    TOO_LONG("too_long"),
    /** Its line in a dataset is not what such a line must be. */
    MALFORMED("malformed"),
    /** A verifier could not come to a reward for one of its rollouts. */
    UNSCORABLE("unscorable"),
    /** All its rewards are equal, and the objective needs them to differ. */
    NO_SIGNAL("no_signal"),
    /** Its oldest token is older than {@code freshet.max-staleness} allows. */
    STALE("stale");

    private final String label;

    DropReason(String label) {
        this.label = label;
    }

    /** The name in metrics, events and {@code summary.json}. */
    public String label() {
        return label;
    }
}
