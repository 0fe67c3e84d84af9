package dev.freshet.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
public final class Repository {
    public static final Path ROOT = root();

    private static final List<String> MODULES = List.of("model", "streams", "actors", "ops");

    private Repository() {}

    /** Every Java file written by hand, tests included. */
    static List<Path> javaFiles() {
        return MODULES.stream()
                .flatMap(module -> filesBelow(ROOT.resolve(module).resolve("src"), ".java").stream())
                .toList();
    }

    /** Every Java file written by hand that is not a test. */
    static List<Path> productionFiles() {
        return MODULES.stream()
                .flatMap(module -> filesBelow(ROOT.resolve(module).resolve("src/main"), ".java").stream())
                .toList();
    }

    /** README, CONTRIBUTING and all below {@code docs}. */
    static List<Path> documents() {
        return Stream.concat(
                        Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
                        filesBelow(ROOT.resolve("docs"), ".md").stream())
                .toList();
    }

    static List<Path> filesBelow(Path directory, String ending) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The simple name of the type that a Java file is named for. */
    static String typeOf(Path javaFile) {
        String name = javaFile.getFileName().toString();
        return name.substring(0, name.length() - ".java".length());
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("mvnw"))) {
            here = here.getParent();
            if (here == null) {
                throw new IllegalStateException("tests must run inside the checkout, which has mvnw at its root");
            }
        }
        return here;
    }
}
