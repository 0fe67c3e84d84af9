package dev.freshet.ops.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.Skipped;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the system that tests use, and whose absence skips them with the reason printed. */
record Tool(Path program) {
    private static final long DEADLINE_SECONDS = 60;

    /** Skips the test if the program is not installed. */
    static Tool require(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        List<Path> found = Stream.of(path.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .toList();
        Skipped.unless(!found.isEmpty(), name + " is not on the PATH; apt-get install prometheus has it");
        return new Tool(found.get(0));
    }

    /** Runs it to its end, which must be a good one, and returns what it printed, on both streams. */
    String run(String... arguments) throws IOException, InterruptedException {
        return runOn("", arguments);
    }

    /** As {@link #run}, with something to read. */
    String runOn(String input, String... arguments) throws IOException, InterruptedException {
        Path printed = Files.createTempFile("tool", ".txt");
        Path read = Files.createTempFile("tool", ".in");
        try {
            Files.writeString(read, input);
            Process process = new ProcessBuilder(command(arguments))
                    .redirectErrorStream(true)
                    .redirectInput(read.toFile())
                    .redirectOutput(printed.toFile())
                    .start();
            boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            String output = Files.readString(printed, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ends: %s", program, output).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            Files.delete(printed);
            Files.delete(read);
        }
    }

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
