package dev.freshet.ops.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.Layout;
import dev.freshet.ops.run.Retained;
import dev.freshet.ops.run.RotatingFile;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * {@code freshet.log}, set aside and kept within bounds as the run's other files are. A line that the disk refuses cannot be
 * complained of in a log: it is counted, and the next that is taken says how many were lost. Takes no other lock while it holds
 * its own, since it is called from under any.
 */
final class LogFile extends AppenderBase<ILoggingEvent> implements Retained {
    private final RotatingFile file;
    private final Layout<ILoggingEvent> layout;
    private final InstantSource clock;
    private long lost;
    private long lostInARow;

    private LogFile(RotatingFile file, Layout<ILoggingEvent> layout, InstantSource clock) {
        this.file = file;
        this.layout = layout;
        this.clock = clock;
        setName("FILE");
    }

    static LogFile open(Path path, Rotation rotation, Layout<ILoggingEvent> layout, InstantSource clock)
            throws IOException {
        return new LogFile(RotatingFile.open("log", path, rotation, clock.instant()), layout, clock);
    }

    @Override
    protected synchronized void append(ILoggingEvent event) {
        Instant now = clock.instant();
        try {
            if (file.isDue(now)) {
                file.setAside(now);
            }
        } catch (IOException goesOnInTheFileThatIsOpen) {
            lost++;
        }
        try {
            if (lostInARow > 0) {
                file.append(bytes(gap(now)));
                lostInARow = 0;
            }
            file.append(bytes(event));
        } catch (IOException refused) {
            lost++;
            lostInARow++;
        }
    }

    private byte[] bytes(ILoggingEvent event) {
        return layout.doLayout(event).getBytes(StandardCharsets.UTF_8);
    }

    private LoggingEvent gap(Instant now) {
        LoggingEvent gap = new LoggingEvent();
        gap.setInstant(now);
        gap.setLevel(Level.WARN);
        gap.setLoggerName(LogFile.class.getName());
        gap.setThreadName(Thread.currentThread().getName());
        gap.setMessage("lines lost here because the disk refused them: " + lostInARow);
        return gap;
    }

    /** Lines, and attempts to begin a new file, that the disk refused. */
    synchronized long failures() {
        return lost;
    }

    synchronized Optional<TailCut> tailCut() {
        return file.tailCut();
    }

    @Override
    public synchronized List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        return file.deleteSurplus(now);
    }

    @Override
    public synchronized void stop() {
        super.stop();
        try {
            file.close();
        } catch (IOException nothingToSave) {
            lost++;
        }
    }
}
