package dev.freshet.ops.cli;

import com.typesafe.config.ConfigException;
import dev.freshet.actors.RefusedException;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.engine.OutOfMemory;
import dev.freshet.ops.control.ControlException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Says in one line on standard error why a command ended, and with which exit code. What the user can mend is that line alone,
 * with a line more for each place if it has several; of anything else the log has the stack trace.
 */
final class FailureLine implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger(FailureLine.class);

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult parsed) {
        int exitCode = exitCode(exception);
        if (exitCode == ExitCode.FAILED && !(exception instanceof ControlException)) {
            LOGGER.error("{} failed", command.getCommandName(), exception);
        }
        print(command, describe(unwrapped(exception)));
        return exitCode;
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        print(
                command,
                exception.getMessage() + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /**
     * What is refused is refused by the command itself. A failure that comes out of a running part is wrapped by the future that
     * carried it, and one of a run that has begun by {@link RunFailedException}, so that neither is taken for the user's mistake.
     */
    private static int exitCode(Exception exception) {
        if (exception instanceof IllegalArgumentException
                || exception instanceof RefusedException
                || exception instanceof CheckpointException
                || exception instanceof ConfigException
                || exception instanceof BindException
                || exception instanceof NoSuchFileException
                || exception instanceof NotDirectoryException
                || exception instanceof AccessDeniedException) {
            return ExitCode.USAGE;
        }
        if (exception instanceof ControlException control && control.isBadRequest()) {
            return ExitCode.USAGE;
        }
        return OutOfMemory.isCauseOf(exception) ? ExitCode.OUT_OF_MEMORY : ExitCode.FAILED;
    }

    private static void print(CommandLine command, String line) {
        command.getErr().println("freshet: " + line);
        command.getErr().flush();
    }

    private static String describe(Throwable cause) {
        if (cause instanceof ConfigException config) {
            return SettingsLoader.describe(config);
        }
        if (cause instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist; name one that does";
        }
        if (cause instanceof NotDirectoryException file) {
            return file.getFile() + " is not a directory; name one";
        }
        if (cause instanceof AccessDeniedException denied) {
            return denied.getFile()
                    + " may not be read or written by this user; change its permissions, or name another";
        }
        if (OutOfMemory.isCauseOf(cause)) {
            return "out of memory: " + oneLine(cause) + "; make the model or the batch smaller, or raise FRESHET_HEAP";
        }
        return cause instanceof IllegalArgumentException ? message(cause) : oneLine(cause);
    }

    private static String oneLine(Throwable cause) {
        String message = message(cause);
        return message.lines().findFirst().orElse(message);
    }

    private static String message(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof CompletionException
                || failure instanceof ExecutionException
                || failure instanceof RunFailedException;
        return wrapper && cause != null ? unwrapped(cause) : failure;
    }
}
