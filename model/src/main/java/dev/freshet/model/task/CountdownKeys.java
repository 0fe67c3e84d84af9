package dev.freshet.model.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** All countdown problems with at least two solutions, found by writing down every expression once. */
final class CountdownKeys {
    private static final int LEAST_SOLUTIONS = 2;

    private static final Comparator<CountdownKey> ORDER = Comparator.comparingInt(CountdownKey::low)
            .thenComparingInt(CountdownKey::middle)
            .thenComparingInt(CountdownKey::high)
            .thenComparingInt(CountdownKey::target);

    /** Sorted, so that a problem and a solution have numbers that never change. */
    private final Map<CountdownKey, List<String>> solutions = new TreeMap<>(ORDER);

    CountdownKeys() {
        Map<CountdownKey, Set<String>> found = new TreeMap<>(ORDER);
        for (CountdownExpression expression : expressions()) {
            int value = expression.value();
            if (value >= 0 && value < CountdownKey.TARGETS) {
                found.computeIfAbsent(expression.key(), key -> new TreeSet<>()).add(expression.text());
            }
        }
        found.forEach((key, texts) -> {
            if (texts.size() >= LEAST_SOLUTIONS) {
                solutions.put(key, List.copyOf(texts));
            }
        });
    }

    private static List<CountdownExpression> expressions() {
        List<CountdownExpression> all = new ArrayList<>();
        for (int digits = 0; digits < 9 * 9 * 9; digits++) {
            for (char firstOperator : CountdownExpression.OPERATORS.toCharArray()) {
                for (char secondOperator : CountdownExpression.OPERATORS.toCharArray()) {
                    all.add(new CountdownExpression(
                            digits / 81 + 1, firstOperator, digits / 9 % 9 + 1, secondOperator, digits % 9 + 1));
                }
            }
        }
        return all;
    }

    List<CountdownKey> matching(Predicate<CountdownKey> condition) {
        return solutions.keySet().stream().filter(condition).toList();
    }

    /** The solutions of one of these problems, in alphabetical order. */
    List<String> solutions(CountdownKey key) {
        return solutions.getOrDefault(key, List.of());
    }
}
