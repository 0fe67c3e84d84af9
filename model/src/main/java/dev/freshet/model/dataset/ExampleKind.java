package dev.freshet.model.dataset;

/** What an example shows, and so which objectives can learn from it. */
public enum ExampleKind {
    /** A completion to imitate. */
    DEMONSTRATION("demonstrations", 1),
    /** A completion that was chosen, and then one that was rejected. */
    PREFERENCE("preferences", 2),
    /** A completion to forget, and then a template to say in its place. */
    FORGET_PAIR("forget-pairs", 2),
    /** The same, and then a completion of another prompt that is to be kept. */
    FORGET_AND_RETAIN("forget-and-retain", 3);

    private final String label;
    private final int sequences;

    ExampleKind(String label, int sequences) {
        this.label = label;
        this.sequences = sequences;
    }

    /** The name of many of them, in settings and refusals. */
    public String label() {
        return label;
    }

    /** Sequences of an example, whose places in it say what they are. */
    public int sequences() {
        return sequences;
    }

    /** Whether examples are given templates, which are others whenever they are learnt from. */
    public boolean hasTemplates() {
        return this == FORGET_PAIR || this == FORGET_AND_RETAIN;
    }
}
