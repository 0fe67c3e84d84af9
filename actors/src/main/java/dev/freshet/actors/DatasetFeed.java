package dev.freshet.actors;

import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.streams.DatasetPipelineSettings;

/**
 * Examples of a dataset. Nobody samples them, and so none is stale.
 *
 * @param examples stay the caller's, who closes what is behind them when the run has completed
 */
public record DatasetFeed(ExampleSource examples, ExampleKind kind, DatasetPipelineSettings pipeline)
        implements RunFeed {
    @Override
    public long stalenessBound() {
        return 0;
    }
}
