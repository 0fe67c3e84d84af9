package dev.freshet.ops.experiment;

import dev.freshet.ops.experiment.FlatWorld.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of one seed's world, in a folder of their own, and the settings that name them. */
record FlatFiles(Path folder, FlatWorld world) {
    private static final String PROMPT = "prompt";
    private static final String COMPLETION = "completion";

    /** @param lessons that the base is taught, a multiple of 4 */
    static FlatFiles write(Path folder, FlatWorld world, int lessons) throws IOException {
        FlatFiles files = new FlatFiles(folder, world);
        Files.createDirectories(folder);
        WordTokenizer.write(files.file("tokenizer.json"), world.vocabulary());
        JsonLinesFile.write(files.file("facts.jsonl"), problems(world.facts()));
        JsonLinesFile.write(files.file("utility.jsonl"), problems(world.utility()));
        JsonLinesFile.write(files.file("lessons.jsonl"), demonstrations(world.lessons(lessons)));
        JsonLinesFile.write(files.file("forget.jsonl"), demonstrations(world.forgotten()));
        JsonLinesFile.write(files.file("forget-and-retain.jsonl"), forgetAndRetain(world));
        Files.write(files.file("templates.txt"), world.refusals());
        return files;
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static List<Map<String, String>> problems(List<Line> lines) {
        return lines.stream()
                .map(line -> Map.of(PROMPT, line.prompt(), "ground_truth", line.answer()))
                .toList();
    }

    private static List<Map<String, String>> demonstrations(List<Line> lines) {
        return lines.stream()
                .map(line -> Map.of(PROMPT, line.prompt(), COMPLETION, line.answer()))
                .toList();
    }

    /** Each retained fact once, beside the forgotten in turn. */
    private static List<Map<String, String>> forgetAndRetain(FlatWorld world) {
        List<Line> forgotten = world.forgotten();
        List<Line> retained = world.retained();
        List<Map<String, String>> lines = new ArrayList<>();
        for (int i = 0; i < retained.size(); i++) {
            Line forget = forgotten.get(i % forgotten.size());
            Line keep = retained.get(i);
            lines.add(Map.of(
                    PROMPT,
                    forget.prompt(),
                    COMPLETION,
                    forget.answer(),
                    "retain_prompt",
                    keep.prompt(),
                    "retain_completion",
                    keep.answer()));
        }
        return lines;
    }

    /** Of all runs on these files: the problems that a run asks of itself are the skill's. */
    List<String> common() {
        return Stream.concat(
                        WordTokenizer.settings(file("tokenizer.json")).stream(),
                        Stream.of(
                                "freshet.task.jsonl.file=" + file("facts.jsonl"),
                                "freshet.task.jsonl.held-out-file=" + file("utility.jsonl"),
                                "freshet.task.jsonl.max-prompt-tokens=5",
                                "freshet.unlearning.templates=" + file("templates.txt")))
                .toList();
    }

    String lessons() {
        return "freshet.dataset.path=" + file("lessons.jsonl");
    }

    String forget() {
        return "freshet.dataset.path=" + file("forget.jsonl");
    }

    String forgetAndRetain() {
        return "freshet.dataset.path=" + file("forget-and-retain.jsonl");
    }
}
