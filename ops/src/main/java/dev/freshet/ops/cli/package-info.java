/** The command line: {@link dev.freshet.ops.cli.FreshetCommand} and one class for each of its subcommands. */
@NullMarked
package dev.freshet.ops.cli;

import org.jspecify.annotations.NullMarked;
