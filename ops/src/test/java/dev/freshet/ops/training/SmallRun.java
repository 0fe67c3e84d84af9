package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.cli.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Settings of a run that takes seconds, and a look into its files. */
final class SmallRun {
    /** Further settings, where it matters that weights and batches are of some size. */
    static final String[] OF_THE_QUICKSTARTS_MODEL = {
        "freshet.model.layers=3",
        "freshet.model.width=64",
        "freshet.model.heads=4",
        "freshet.model.key-value-heads=4",
        "freshet.model.feed-forward=176"
    };

    private SmallRun() {}

    /** Arguments of {@code train} with further settings, each {@code key=value}. */
    static String[] train(Path directory, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("train", "--run-dir", directory.toString()));
        List<String> all = new ArrayList<>(List.of(
                "freshet.control.port=0",
                "freshet.metrics.port=0",
                "freshet.model.layers=1",
                "freshet.model.width=32",
                "freshet.model.heads=2",
                "freshet.model.key-value-heads=2",
                "freshet.model.feed-forward=64",
                "freshet.warm-up.steps=10",
                "freshet.warm-up.batch=16",
                // Beside other tests, two threads would wait for each other more than they compute.
                "freshet.warm-up.threads=1",
                "freshet.train.steps=20",
                "freshet.train.batch-groups=8",
                "freshet.generation.group-size=4",
                "freshet.generation.slots=64",
                "freshet.evaluation.prompts=16",
                "freshet.evaluation.samples=8"));
        all.addAll(List.of(settings));
        for (String setting : all) {
            arguments.add("--set");
            arguments.add(setting);
        }
        return arguments.toArray(String[]::new);
    }

    /** Further settings behind those. */
    static String[] with(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }

    /**
     * Runs a command to its end in this process, which must be a good one.
     *
     * @param directory for a file of what it prints
     * @return what it has printed
     */
    static String done(Path directory, String... command) throws Exception {
        Path output = Files.createTempFile(directory, "run", ".txt");
        int code = InProcessFreshet.run(output, command);
        String printed = Files.readString(output);
        assertThat(code).as(printed).isEqualTo(ExitCode.DONE);
        return printed;
    }

    static boolean hasCheckpoint(Path directory, int version) {
        return Files.exists(checkpoint(directory, version));
    }

    static Path checkpoint(Path directory, int version) {
        return directory.resolve("checkpoints").resolve(String.format("step-%06d", version));
    }

    /** What the journal has of each step, in order, so far. A last line that is still being written is left out. */
    static List<JsonNode> reports(Path directory) throws IOException {
        JsonMapper mapper = new JsonMapper();
        List<JsonNode> reports = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("events.jsonl"))) {
            if (line.contains("\"type\":\"StepTrained\"") && line.endsWith("}")) {
                reports.add(mapper.readTree(line).path("report"));
            }
        }
        return reports;
    }

    /** Number of journalled events of a type. */
    static long events(Path directory, String type) {
        Path journal = directory.resolve("events.jsonl");
        if (!Files.exists(journal)) {
            return 0;
        }
        try (var lines = Files.lines(journal)) {
            return lines.filter(line -> line.contains("\"type\":\"" + type + "\""))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
