package dev.freshet.streams;

/** What a stage made of a group: either the next form of it, or its end with a reason. A bad element is data, not a failure. */
public sealed interface Outcome<T> {
    record Passed<T>(T value) implements Outcome<T> {}

    /**
     * @param sequence admission number of the group that ended here
     * @param detail one line for the journal: the value, the rule, the remedy where there is one
     */
    record Dropped<T>(long sequence, DropReason reason, String detail) implements Outcome<T> {}
}
