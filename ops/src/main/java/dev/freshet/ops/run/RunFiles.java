package dev.freshet.ops.run;

import java.nio.file.Path;

/** The names of a run's files. Scripts rely on them. */
public record RunFiles(Path root) {
    /** The settings as used, resolved. */
    public Path config() {
        return root.resolve("config.conf");
    }

    /** The journal, one event a line; older parts are {@code events.1.jsonl} (the newest of them), {@code events.2.jsonl}, ... */
    public Path events() {
        return root.resolve("events.jsonl");
    }

    /** Folder of sampled rollouts. */
    public Path rollouts() {
        return root.resolve("rollouts");
    }

    /** Folder of pictures of a student's samples. */
    public Path samples() {
        return root.resolve("samples");
    }

    /** One row a training step; older parts as those of the journal. */
    public Path metrics() {
        return root.resolve("metrics.csv");
    }

    /** Folder of checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path report() {
        return root.resolve("report.html");
    }

    public Path summary() {
        return root.resolve("summary.json");
    }

    /** What the run says for an operator; older parts as those of the journal. */
    public Path log() {
        return root.resolve("freshet.log");
    }

    /** There for a moment at the start. */
    Path probe() {
        return root.resolve("disk.probe");
    }

    /** Held by an operating system's lock while a process works on the run; its text is that process's id. */
    Path lock() {
        return root.resolve("run.lock");
    }
}
