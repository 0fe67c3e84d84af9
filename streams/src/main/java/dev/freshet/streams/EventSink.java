package dev.freshet.streams;

/** Takes events, in the order in which they happened, from any thread. Must return quickly and never throw. */
@FunctionalInterface
public interface EventSink {
    void accept(PipelineEvent event);
}
