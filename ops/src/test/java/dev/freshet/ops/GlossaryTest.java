package dev.freshet.ops;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each word of the glossary is carried by code. */
final class GlossaryTest {
    private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w+)`");

    @Test
    void everyWordNamesTypesThatExist() {
        Set<String> types =
                Repository.productionFiles().stream().map(Repository::typeOf).collect(toSet());
        assertThat(words()).hasSizeGreaterThan(10).allSatisfy(row -> {
            List<String> carriers = TYPE.matcher(carrier(row))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertThat(carriers).as("types of %s", row).isNotEmpty();
            assertThat(carriers).allMatch(types::contains);
        });
    }

    @Test
    void everyRowHasFourCells() {
        assertThat(words()).allSatisfy(row -> assertThat(cells(row)).hasSize(4));
    }

    /** The rows of the table, without its head. */
    private static List<String> words() {
        return Repository.read(Repository.ROOT.resolve("docs/glossary.md"))
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
    }

    private static String carrier(String row) {
        return cells(row)[2];
    }

    private static String[] cells(String row) {
        return row.substring(2, row.length() - 2).split(" \\| ");
    }
}
