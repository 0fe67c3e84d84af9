package dev.freshet.model.task;

import java.util.Optional;

/**
 * Three digits from 1 to 9 joined by two of {@code + - *}, without brackets; {@code *} binds tighter, and {@code +} and
 * {@code -} go from left to right.
 */
record CountdownExpression(int first, char firstOperator, int second, char secondOperator, int third) {
    static final String OPERATORS = "+-*";

    private static final int LENGTH = 5;

    /** The expression that a text is, to the letter, or empty. */
    static Optional<CountdownExpression> parse(String text) {
        if (text.length() != LENGTH) {
            return Optional.empty();
        }
        boolean wellFormed = isDigit(text.charAt(0))
                && isOperator(text.charAt(1))
                && isDigit(text.charAt(2))
                && isOperator(text.charAt(3))
                && isDigit(text.charAt(4));
        if (!wellFormed) {
            return Optional.empty();
        }
        return Optional.of(new CountdownExpression(
                text.charAt(0) - '0', text.charAt(1), text.charAt(2) - '0', text.charAt(3), text.charAt(4) - '0'));
    }

    private static boolean isDigit(char character) {
        return character >= '1' && character <= '9';
    }

    private static boolean isOperator(char character) {
        return OPERATORS.indexOf(character) >= 0;
    }

    int value() {
        if (secondOperator == '*' && firstOperator != '*') {
            return apply(first, firstOperator, second * third);
        }
        return apply(apply(first, firstOperator, second), secondOperator, third);
    }

    private static int apply(int left, char operator, int right) {
        return switch (operator) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            default ->
                throw new IllegalArgumentException("an operator must be one of " + OPERATORS + ", was " + operator);
        };
    }

    /** The problem that this expression solves, whatever the size of its target. */
    CountdownKey key() {
        return CountdownKey.of(first, second, third, value());
    }

    String text() {
        return "" + first + firstOperator + second + secondOperator + third;
    }
}
