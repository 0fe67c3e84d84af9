package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.ops.run.RunRecorder;
import dev.freshet.ops.run.RunSettings;
import dev.freshet.ops.training.CheckpointSettings;
import dev.freshet.streams.EventSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A run's directory, whose files are written as {@code train} writes them and deleted when it is closed. */
final class DiscardedRun implements AutoCloseable {
    private final RunFiles files;
    private final RunRecorder recorder;
    private final CheckpointStore checkpoints;

    private DiscardedRun(RunFiles files, RunRecorder recorder, CheckpointStore checkpoints) {
        this.files = files;
        this.recorder = recorder;
        this.checkpoints = checkpoints;
    }

    static DiscardedRun begin(String benchmark, Config config) throws IOException {
        RunFiles files = new RunFiles(Files.createTempDirectory("freshet-" + benchmark));
        Clock clock = Clock.systemUTC();
        RunRecorder recorder = RunRecorder.open(
                files,
                RunSettings.from(config),
                PolicyObjectives.from(config).regularisation().spec(),
                clock.instant(),
                clock);
        recorder.begin(recorder, List.of());
        return new DiscardedRun(
                files, recorder, new CheckpointStore(files.checkpoints(), CheckpointSettings.retention(config)));
    }

    EventSink recorder() {
        return recorder;
    }

    CheckpointStore checkpoints() {
        return checkpoints;
    }

    /** What was measured counts only if all was written. */
    void requireAllWritten() throws IOException {
        if (recorder.failures() > 0) {
            throw new IOException(recorder.failures() + " writes to " + files.root() + " failed");
        }
    }

    @Override
    public void close() throws IOException {
        recorder.close();
        delete(files.root());
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
