package dev.freshet.ops.bench;

import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a process was at when it died, as its files tell. */
enum KillPhase {
    STARTING("starting"),
    WARM_UP("warm-up"),
    TRAINING("training"),
    CHECKPOINT("writing a checkpoint"),
    ENDING("ending");

    private final String label;

    KillPhase(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /**
     * @param attempt the one that died, all its lines
     * @param files of its run
     */
    static KillPhase of(List<AuditedLine> attempt, RunFiles files) throws IOException {
        if (attempt.isEmpty()) {
            return STARTING; // What lies about in the checkpoints is of an earlier attempt.
        }
        if (hasUnfinishedCheckpoint(files.checkpoints())) {
            return CHECKPOINT;
        }
        if (has(attempt, "RunFinished") || entered(attempt, "draining")) {
            return ENDING;
        }
        if (entered(attempt, "running")) {
            return TRAINING;
        }
        return has(attempt, "WarmUpProgressed") && !has(attempt, "RunStarted") ? WARM_UP : STARTING;
    }

    private static boolean has(List<AuditedLine> lines, String type) {
        return lines.stream().anyMatch(line -> line.type().equals(type));
    }

    private static boolean entered(List<AuditedLine> lines, String state) {
        return lines.stream()
                .filter(line -> line.type().equals("StateChanged"))
                .anyMatch(line -> line.event().path("to").asText().equals(state));
    }

    static boolean hasUnfinishedCheckpoint(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> children = Files.list(checkpoints)) {
            return children.anyMatch(child -> child.getFileName().toString().startsWith("."));
        }
    }
}
