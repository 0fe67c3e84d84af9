package dev.freshet.model.task;

import java.util.List;

/**
 * A question about {@link SqlTable}, such as {@code how many toys with price over 40?}
 *
 * @param kind of goods, or empty for all
 * @param threshold that the column is compared with, a multiple of {@value #STEP} below 100
 */
record SqlQuestion(Wanted wanted, String kind, Column column, Comparison comparison, int threshold) {
    /** What is asked for: in words, and as SQL has it. */
    enum Wanted {
        COUNT("how many", "count(*)"),
        STOCK("total stock of", "sum(stock)"),
        CHEAPEST("lowest price of", "min(price)"),
        DEAREST("highest price of", "max(price)"),
        NAMES("names of", "name");

        private final String words;
        private final String sql;

        Wanted(String words, String sql) {
            this.words = words;
            this.sql = sql;
        }
    }

    enum Column {
        PRICE("price"),
        STOCK("stock");

        private final String sql;

        Column(String sql) {
            this.sql = sql;
        }
    }

    enum Comparison {
        OVER("over", ">", "<"),
        UNDER("under", "<", ">");

        private final String words;
        private final String sql;
        /** With the number on the left. */
        private final String mirrored;

        Comparison(String words, String sql, String mirrored) {
            this.words = words;
            this.sql = sql;
            this.mirrored = mirrored;
        }

        Comparison other() {
            return this == OVER ? UNDER : OVER;
        }
    }

    private static final int STEP = 5;
    private static final int THRESHOLDS = 100 / STEP;
    private static final String ANY_KIND = "items";
    private static final int KINDS = SqlTable.KINDS.size() + 1;

    /** How many there are. */
    static final int COUNT =
            Wanted.values().length * KINDS * Column.values().length * Comparison.values().length * THRESHOLDS;

    /** The question of that number, below {@link #COUNT}. */
    static SqlQuestion at(int number) {
        int left = number;
        int threshold = left % THRESHOLDS * STEP;
        left /= THRESHOLDS;
        Comparison comparison = Comparison.values()[left % 2];
        left /= 2;
        Column column = Column.values()[left % 2];
        left /= 2;
        int kind = left % KINDS;
        left /= KINDS;
        return new SqlQuestion(
                Wanted.values()[left],
                kind == SqlTable.KINDS.size() ? "" : SqlTable.KINDS.get(kind),
                column,
                comparison,
                threshold);
    }

    /** A fifth of all questions, by a rule on the number alone. */
    static boolean isHeldOut(int number) {
        return (number * 7919L + 31) % 1009 % 5 == 0;
    }

    String text() {
        return wanted.words + " " + (kind.isEmpty() ? ANY_KIND : kind) + " with " + column.sql + " " + comparison.words
                + " " + threshold + "?";
    }

    /** The usual statement that answers it. */
    String statement() {
        return statements().get(0);
    }

    /** Statements that answer it and differ in how they say so. */
    List<String> statements() {
        String compared = column.sql + comparison.sql + threshold;
        String mirrored = threshold + comparison.mirrored + column.sql;
        if (kind.isEmpty()) {
            return List.of(select(compared), select(mirrored));
        }
        String ofKind = "kind='" + kind + "'";
        return List.of(
                select(ofKind + " and " + compared),
                select(compared + " and " + ofKind),
                select(ofKind + " and " + mirrored),
                select(mirrored + " and " + ofKind));
    }

    /** The question that a careless reader takes it for. */
    SqlQuestion misread() {
        return new SqlQuestion(wanted, kind, column, comparison.other(), threshold);
    }

    private String select(String condition) {
        return "select " + wanted.sql + " from items where " + condition;
    }
}
