package dev.freshet.ops.cli;

import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.DivergenceList;
import dev.freshet.ops.control.RolledBackTo;
import dev.freshet.ops.control.SteeringClient;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Steers a run that is going on, through its control service. One method or class a subcommand. */
@Command(
        name = "ctl",
        description = "Steers a run that is going on.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CtlEvents.class,
            CtlHealth.class,
            CtlSample.class,
            CtlEvaluate.class,
            CtlSet.class,
            CtlListParameters.class,
            CtlSwitchObjective.class,
            CtlListObjectives.class
        })
public final class CtlCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final ControlConnection connection = new ControlConnection();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "status", description = "Prints what the run is doing.")
    int status(@Option(names = "--json", description = "Write one JSON object.") boolean json) {
        return print(call(ControlClient::status), json ? OutputFormat.JSON : OutputFormat.TEXT);
    }

    @Command(
            name = "pause",
            description = "Lets the running step end, then takes no more; groups in flight are finished and wait.")
    int pause(
            @Option(names = "--now", description = "Halt the generators, too, after their running chunk.")
                    boolean now) {
        return print(call(client -> client.pause(now ? PauseMode.NOW : PauseMode.AFTER_STEP)), OutputFormat.TEXT);
    }

    @Command(name = "resume", description = "Ends a pause.")
    int resume() {
        return print(call(ControlClient::resume), OutputFormat.TEXT);
    }

    @Command(name = "drain", description = "Learns from what is in flight, writes a checkpoint, ends the run.")
    int drain() {
        return print(call(client -> client.stop(StopMode.DRAIN)), OutputFormat.TEXT);
    }

    @Command(name = "stop", description = "Ends the running step, writes a checkpoint, ends the run.")
    int stop() {
        return print(call(client -> client.stop(StopMode.NOW)), OutputFormat.TEXT);
    }

    @Command(name = "checkpoint", description = "Writes a checkpoint and prints where it is.")
    int checkpoint() {
        CheckpointWritten written = call(ControlClient::checkpoint);
        out().printf(
                        Locale.ROOT,
                        "checkpoint of %s: %s (%,d bytes)%n",
                        written.version(),
                        written.path(),
                        written.bytes());
        return ExitCode.DONE;
    }

    @Command(
            name = "rollback",
            description = "Goes back to a checkpoint's weights and all that belongs to them, as a new version.")
    int rollback(
            @Parameters(paramLabel = "VERSION", description = "Policy version of a checkpoint that is kept, as in 120.")
                    long version) {
        RolledBackTo done = call(client -> client.rollback(new PolicyVersion(version)));
        out().printf(
                        Locale.ROOT,
                        "%s has the weights of %s: %s; %,d groups were in flight and enter again%n",
                        done.version(),
                        done.parent(),
                        done.path(),
                        done.returnedGroups());
        done.checkpointFailure()
                .ifPresent(
                        why -> out().println(
                                        "warning: " + done.version() + " could not be written as a checkpoint (" + why
                                                + "), and is lost if the run is killed before its next one: free room, then ctl checkpoint"));
        return ExitCode.DONE;
    }

    @Command(name = "switch-divergence", description = "Changes the divergence between two steps.")
    int switchDivergence(
            @Parameters(paramLabel = "SPEC", description = "As in js, alpha:0.5 or none; see list-divergences.")
                    String to,
            @Option(
                            names = "--coefficient",
                            paramLabel = "X",
                            description = "Its factor in the loss, at least 0. Default: the one in force.")
                    @Nullable
                    Double coefficient,
            @Mixin DryRun dryRun) {
        OptionalDouble factor = coefficient == null ? OptionalDouble.empty() : OptionalDouble.of(coefficient);
        DivergenceSwitched done =
                call(client -> new SteeringClient(client).switchDivergence(to, factor, dryRun.mode()));
        out().printf(
                        "%sdivergence %s (coefficient %s) from %s on, was %s (%s)%n",
                        dryRun.prefix(),
                        done.toSpec(),
                        done.toCoefficient(),
                        done.firstVersion(),
                        done.fromSpec(),
                        done.fromCoefficient());
        return ExitCode.DONE;
    }

    @Command(name = "list-divergences", description = "Prints the divergences there are, the one in force with a star.")
    int listDivergences() {
        DivergenceList list = call(ControlClient::listDivergences);
        list.specs().forEach(known -> out().println((known.equals(list.active()) ? "* " : "  ") + known));
        if (!list.specs().contains(list.active())) {
            out().println("* " + list.active());
        }
        return ExitCode.DONE;
    }

    ControlConnection connection() {
        return connection;
    }

    <R> R call(Function<ControlClient, R> command) {
        return connection.call(command);
    }

    private int print(RunStatus status, OutputFormat format) {
        out().println(
                        switch (format) {
                            case TEXT -> StatusText.of(status);
                            case JSON -> StatusJson.of(status);
                        });
        return ExitCode.DONE;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
