package dev.freshet.ops.cli;

import dev.freshet.actors.RunControl.ChangeMode;
import picocli.CommandLine.Option;

/** The option of those commands that can tell what they would do. */
final class DryRun {
    @Option(names = "--dry-run", description = "Only tell what would happen, or why not.")
    private boolean dryRun;

    ChangeMode mode() {
        return dryRun ? ChangeMode.DRY_RUN : ChangeMode.CARRY_OUT;
    }

    /** What stands before the words for a change. */
    String prefix() {
        return dryRun ? "would be: " : "";
    }
}
