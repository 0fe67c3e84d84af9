package dev.freshet.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Lines of a process's logs that tell of an error. */
final class LogErrors {
    private static final Pattern ERROR = Pattern.compile(
            "\\bERROR\\b|\"level\":\"ERROR\"|^\\s*(Exception in thread|Caused by:|\\w+(\\.\\w+)+Exception\\b)");

    private LogErrors() {}

    /**
     * @param printed all that the process printed
     * @param run its directory, whose log files are looked at, too
     */
    static List<String> in(String printed, Path run) throws IOException {
        List<String> errors = new ArrayList<>(in("output", printed.lines()));
        try (Stream<Path> files = Files.walk(run, 2)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    errors.addAll(in(run.relativize(file).toString(), lines));
                }
            }
        }
        return errors;
    }

    private static List<String> in(String place, Stream<String> lines) {
        return lines.filter(line -> ERROR.matcher(line).find())
                .map(line -> place + ": " + line)
                .toList();
    }
}
