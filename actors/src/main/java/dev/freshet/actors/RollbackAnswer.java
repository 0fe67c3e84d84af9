package dev.freshet.actors;

import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.Optional;

/**
 * What a rollback came to.
 *
 * @param checkpointFailure why the new version is not on the disk, as one line; empty if it is. The run goes on from it all the
 *     same, but a process that is killed before the next checkpoint loses it.
 */
public record RollbackAnswer(RolledBack event, Optional<String> checkpointFailure) {}
