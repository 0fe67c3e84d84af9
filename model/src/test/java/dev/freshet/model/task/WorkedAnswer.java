package dev.freshet.model.task;

import java.util.Locale;

/** An answer written step by step as GSM8K does: {@code 48/2 = <<48/2=24>>24}, and at the end {@code #### 24}. */
final class WorkedAnswer {
    private final StringBuilder text = new StringBuilder();
    private int result;

    /** Writes a step into the place of {@code %s} in the sentence and returns what it comes to. */
    int step(String sentence, int left, char operator, int right) {
        result = switch (operator) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            case '/' -> divided(left, right);
            default -> throw new IllegalArgumentException("no operator " + operator);
        };
        String term = "" + left + operator + right;
        String worked = term + " = <<" + term + "=" + result + ">>" + result;
        text.append(String.format(Locale.ROOT, sentence, worked)).append('\n');
        return result;
    }

    private static int divided(int left, int right) {
        if (left % right != 0) {
            throw new IllegalArgumentException(left + " cannot be divided by " + right);
        }
        return left / right;
    }

    /** All steps, and the last result as the answer. */
    String finished() {
        return text + "#### " + result;
    }
}
