package dev.freshet.ops.bench;

import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Looks at a run's files while a process works on them, from when this was made on. Cheap enough to look all the time. */
final class RunWatch {
    private static final String STEP = "\"type\":\"StepTrained\"";
    private static final String END = "\"to\":\"draining\"";

    private final RunFiles files;
    private long read;
    private int steps;
    private int ends;
    private int checkpoints;
    private String writing = "";

    RunWatch(RunFiles files) throws IOException {
        this.files = files;
        this.read = Files.exists(files.events()) ? Files.size(files.events()) : 0;
    }

    /** Whether it has happened so often. */
    boolean has(KillMoment.Trigger trigger, int times) {
        try {
            return switch (trigger) {
                case START -> true;
                case STEP -> {
                    readOn();
                    yield steps >= times;
                }
                case END -> {
                    readOn();
                    yield ends >= times;
                }
                case CHECKPOINT -> checkpoints() >= times;
            };
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void readOn() throws IOException {
        if (!Files.exists(files.events()) || Files.size(files.events()) == read) {
            return;
        }
        try (RandomAccessFile journal = new RandomAccessFile(files.events().toFile(), "r")) {
            if (journal.length() < read) {
                read = 0; // Rotated.
            }
            byte[] more = new byte[(int) (journal.length() - read)];
            journal.seek(read);
            journal.readFully(more);
            String text = new String(more, StandardCharsets.ISO_8859_1);
            String lines = text.substring(0, text.lastIndexOf('\n') + 1);
            read += lines.length();
            steps += occurrences(STEP, lines);
            ends += occurrences(END, lines);
        }
    }

    private static int occurrences(String part, String text) {
        int found = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
            found++;
        }
        return found;
    }

    /** Counts directories aside as they appear; one that lies there from before is no news. */
    private int checkpoints() throws IOException {
        String now = aside();
        if (!now.isEmpty() && !now.equals(writing)) {
            checkpoints++;
        }
        writing = now;
        return checkpoints;
    }

    private String aside() throws IOException {
        try (DirectoryStream<Path> asides = Files.newDirectoryStream(files.checkpoints(), ".writing-*")) {
            for (Path aside : asides) {
                return aside.getFileName().toString();
            }
        } catch (NoSuchFileException notYet) {
            return "";
        }
        return "";
    }
}
