package dev.freshet.ops.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.ops.run.Retained;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The log of a run: {@code freshet.log} and standard error, each line with the run's name and its newest policy version. From when
 * it is opened it takes what the whole process logs; when it is closed the file is, and the console goes on in the same format.
 */
public final class RunLog implements EventSink, Retained, Closeable {
    static final String CONSOLE = "CONSOLE";

    /** Not for the console, where the failure is shown when the command ends. */
    static final String FAILURES_LOGGER = RunLog.class.getName() + ".Failures";

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RunLog.class);
    private static final org.slf4j.Logger FAILURES = LoggerFactory.getLogger(FAILURES_LOGGER);
    private static final String OURS = "dev.freshet";

    private final LoggerContext context;
    private final LogPosition position;
    private final LogFile file;
    private final EventLog events = new EventLog();

    private RunLog(LoggerContext context, LogPosition position, LogFile file) {
        this.context = context;
        this.position = position;
        this.file = file;
    }

    /**
     * Begins the file, or goes on with the one that is there.
     *
     * @param run name of the run
     * @throws RefusedException if it cannot be opened
     */
    public static RunLog open(Path path, String run, LogSettings settings, InstantSource clock) {
        LogPosition position = new LogPosition(run);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Layout<ILoggingEvent> layout =
                settings.format() == LogFormat.JSON ? new JsonLines(position) : PlainLines.inFile(position);
        LogFile file;
        try {
            file = LogFile.open(path, settings.files(), layout, clock);
        } catch (IOException failure) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "cannot open " + path + " (" + failure + "): make it a file that can be written");
        }
        start(file, context);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAppender(CONSOLE);
        root.addAppender(console(settings, position, context));
        root.addAppender(file);
        RunLog log = new RunLog(context, position, file);
        log.level(settings.level());
        return log;
    }

    /** From now on. Libraries are held to warnings and errors: what they say below that is of no use to an operator. */
    public void level(LogLevel level) {
        context.getLogger(OURS).setLevel(level.logback());
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .setLevel(level == LogLevel.ERROR ? Level.ERROR : Level.WARN);
    }

    /** Work whose failure is to be in the file, with its trace; the console has it from whoever takes the failure. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    public void around(Work work) throws Exception {
        try {
            work.run();
        } catch (InterruptedException asked) {
            LOG.info("ended before the first step, as asked");
            throw asked;
        } catch (Exception failure) {
            FAILURES.error("the run failed", failure);
            throw failure;
        }
    }

    @Override
    public void accept(PipelineEvent event) {
        position.accept(event);
        if (event instanceof ParameterChanged changed && changed.key().equals(LogSettings.LEVEL_KEY)) {
            levelChanged(changed);
        } else {
            events.accept(event);
        }
    }

    /** The change is logged if the level before it or the one after it lets it through. */
    private void levelChanged(ParameterChanged changed) {
        LogLevel next = LogLevel.of(changed.toValue(), changed.key());
        boolean saysMore = next.compareTo(LogLevel.of(changed.fromValue(), changed.key())) > 0;
        if (saysMore) {
            level(next);
        }
        events.accept(changed);
        level(next);
    }

    /** What the last process left unfinished in the file, and was cut off. */
    public Optional<TailCut> tailCut() {
        return file.tailCut();
    }

    /** Lines, and attempts to begin a new file, that the disk refused. */
    public long failures() {
        return file.failures();
    }

    @Override
    public List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        return file.deleteSurplus(now);
    }

    @Override
    public void close() {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(file);
        file.stop();
    }

    private static ConsoleAppender<ILoggingEvent> console(
            LogSettings settings, LogPosition position, LoggerContext context) {
        // The launcher says how a line takes the place of the progress line, which is drawn anew below it.
        String clear = System.getProperty("freshet.terminal.clear", "");
        Layout<ILoggingEvent> layout =
                settings.format() == LogFormat.JSON ? new JsonLines(position) : PlainLines.onConsole(position, clear);
        start(layout, context);
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(layout);
        start(encoder, context);
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName(CONSOLE);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.addFilter(new ConsoleFilter(settings));
        start(console, context);
        return console;
    }

    private static <T extends ch.qos.logback.core.spi.LifeCycle & ch.qos.logback.core.spi.ContextAware> void start(
            T part, LoggerContext context) {
        part.setContext(context);
        part.start();
    }
}
