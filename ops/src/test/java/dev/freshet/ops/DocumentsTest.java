package dev.freshet.ops;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.ops.bench.Benchmarks;
import dev.freshet.ops.cli.TerminationSignals;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the documents name exists: files, types, settings, and commands with their options. */
final class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(\\.\\w+(\\(.*\\))?)?");
    private static final Pattern DECLARATION = Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)");

    /** Not {@code freshet.v1}, which is the package of the control service. */
    private static final Pattern SETTING = Pattern.compile("(?<![\\w./-])(freshet(?!\\.v1\\.)(\\.[a-z][a-z0-9-]*)+)");

    private static final Pattern COMMAND = Pattern.compile("\\./freshet ([^`#|\\n]+)");

    /** Types of others that the documents speak of. */
    private static final Set<String> FOREIGN = Set.of("IValueUtils", "NDArray", "NDManager", "PtGradientCollector");

    private static final Set<String> TYPES = Repository.javaFiles().stream()
            .flatMap(file -> found(DECLARATION, file).stream())
            .collect(toSet());
    private static final CommandLine PROGRAM =
            Main.commands(TerminationSignals.unhandled(), new PrintWriter(Writer.nullWriter()));
    private static final int MOST_LINES_OF_THE_README = 150;
    private static final int MOST_LINES_OF_CONTRIBUTING = 80;
    private static final int MOST_LINES_OF_A_DECISION = 40;

    static List<Path> documents() {
        return Repository.documents();
    }

    static List<Path> decisions() {
        return Repository.filesBelow(Repository.ROOT.resolve("docs/adr"), ".md");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadToFiles(Path document) {
        assertThat(found(LINK, document))
                .allSatisfy(
                        target -> assertThat(document.resolveSibling(target)).exists());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void typesExist(Path document) {
        List<String> named = found(CODE, document).stream()
                .map(TYPE::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .filter(name -> !FOREIGN.contains(name))
                .toList();
        assertThat(named).allMatch(TYPES::contains);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void settingsExist(Path document) {
        Config defaults = ConfigFactory.defaultReference();
        assertThat(found(SETTING, document))
                .allSatisfy(key -> assertThat(defaults.hasPath(key)).as(key).isTrue());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commandsExist(Path document) {
        assertThat(found(COMMAND, document)).allSatisfy(DocumentsTest::assertExists);
    }

    @Test
    void theReadmeTestsAsTheContinuousBuildDoes() {
        String command = "\n./mvnw -B -ntp verify";
        assertThat(Repository.read(Repository.ROOT.resolve("README.md"))).contains(command + "\n");
        assertThat(Repository.read(Repository.ROOT.resolve(".ci/run"))).contains(command + " || status=$?\n");
    }

    @Test
    void theResultsNameEveryBenchmark() {
        assertThat(found(CODE, Repository.ROOT.resolve("docs/results/README.md")))
                .containsAll(new Benchmarks().names());
    }

    /** What a newcomer reads before trying it. */
    @Test
    void theReadmeIsShort() {
        assertThat(Repository.read(Repository.ROOT.resolve("README.md")).lines())
                .hasSizeLessThanOrEqualTo(MOST_LINES_OF_THE_README);
    }

    /** Whoever types the command sees as many steps. */
    @Test
    void theReadmeShowsARunOfTheDefaults() {
        Config defaults = ConfigFactory.defaultReference();
        assertThat(Repository.read(Repository.ROOT.resolve("README.md")))
                .contains(
                        "/" + defaults.getInt("freshet.warm-up.steps") + "  0 s left  loss ",
                        " starts: " + defaults.getInt("freshet.train.steps") + " steps, seed ");
    }

    @Test
    void scriptsCanBeRun() {
        assertThat(Stream.of("freshet", "mvnw", ".ci/run").map(Repository.ROOT::resolve))
                .allMatch(Files::isExecutable);
    }

    @Test
    void contributingIsOnePage() {
        assertThat(Repository.read(Repository.ROOT.resolve("CONTRIBUTING.md")).lines())
                .hasSizeLessThanOrEqualTo(MOST_LINES_OF_CONTRIBUTING);
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void decisionsAreShortAndOfOneShape(Path decision) {
        String text = Repository.read(decision);
        assertThat(text.lines()).hasSizeLessThanOrEqualTo(MOST_LINES_OF_A_DECISION);
        assertThat(text)
                .contains(
                        "\n## Context\n", "\n## Decision\n", "\n## Consequence\n", "\n## What would change our mind\n");
    }

    /** Follows a command line from the program to its last subcommand; what is no subcommand and no option is a value. */
    private static void assertExists(String command) {
        CommandLine current = PROGRAM;
        boolean isFirst = true;
        for (String word : command.strip().split("\\s+", -1)) {
            CommandLine next = current.getSubcommands().get(word);
            if (next != null) {
                current = next;
            } else if (word.startsWith("--")) {
                assertThat(hasOption(current.getCommandSpec(), word.split("=", 2)[0]))
                        .as("%s of ./freshet %s", word, command)
                        .isTrue();
            } else {
                assertThat(isFirst).as("%s of ./freshet %s", word, command).isFalse();
            }
            isFirst = false;
        }
    }

    /** {@code --no-follow} is {@code --follow} denied. */
    private static boolean hasOption(CommandSpec command, String name) {
        OptionSpec denied = command.findOption(name.replaceFirst("^--no-", "--"));
        return command.findOption(name) != null || (denied != null && denied.negatable());
    }

    private static List<String> found(Pattern pattern, Path document) {
        return pattern.matcher(Repository.read(document))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
