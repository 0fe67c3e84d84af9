package dev.freshet.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** House rules that neither compiler nor formatter holds, over every Java file written by hand. */
final class SourceFilesTest {
    private static final int MOST_LINES = 400;
    private static final int MOST_LINES_OF_THE_MEDIAN = 120;

    /** In brackets, so that this line is none of those it looks for. */
    private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b([T]ODO|[F]IXME|[X]XX)\\b");

    private static final Pattern SLEEP = Pattern.compile("\\b(Thread|TimeUnit\\.[A-Z]+)\\.sleep\\(");
    private static final Pattern STAR_IMPORT = Pattern.compile("^import .*\\.\\*;", Pattern.MULTILINE);

    @Test
    void noFileIsLong() {
        assertThat(Repository.javaFiles())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(lines(file))
                        .as("lines of %s, which should be two files", Repository.ROOT.relativize(file))
                        .isLessThanOrEqualTo(MOST_LINES));
    }

    @Test
    void mostFilesAreShort() {
        List<Long> lines = Repository.productionFiles().stream()
                .map(SourceFilesTest::lines)
                .sorted()
                .toList();
        assertThat(lines.get(lines.size() / 2)).isLessThanOrEqualTo(MOST_LINES_OF_THE_MEDIAN);
    }

    @Test
    void everyPackageSaysWhatItIsAndWhereToStart() {
        assertThat(Repository.productionFiles()).allSatisfy(file -> {
            Path introduction = file.resolveSibling("package-info.java");
            assertThat(introduction).exists();
            assertThat(Repository.read(introduction)).contains("{@link", "@NullMarked");
        });
    }

    @Test
    void noTestSleeps() {
        assertThatNoFileHas(SLEEP);
    }

    @Test
    void nothingIsLeftForLater() {
        assertThatNoFileHas(LEFT_FOR_LATER);
    }

    @Test
    void importsAreNamed() {
        assertThatNoFileHas(STAR_IMPORT);
    }

    private static void assertThatNoFileHas(Pattern unwanted) {
        assertThat(Repository.javaFiles())
                .filteredOn(file -> unwanted.matcher(Repository.read(file)).find())
                .as("files with %s", unwanted)
                .isEmpty();
    }

    private static long lines(Path file) {
        return Repository.read(file).lines().count();
    }
}
