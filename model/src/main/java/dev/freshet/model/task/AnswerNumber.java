package dev.freshet.model.task;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the number that a worked answer ends in. A mark says where it stands: what follows the last {@code ####}, as GSM8K
 * writes it, else the last {@code \boxed{...}}, as mathematicians do; without a mark it is the last number of the text.
 */
final class AnswerNumber {
    private static final String FINAL_MARK = "####";
    private static final String BOX = "\\boxed{";

    /** Digits with or without separators of thousands, decimals, an exponent of at most two digits. */
    private static final String UNSIGNED =
            "(?:(?:\\d{1,3}(?:,\\d{3})++(?!\\d)|\\d++)(?:\\.\\d++)?|\\.\\d++)(?:[eE][-+]?\\d{1,2}(?![\\d\\p{L}]))?";

    /** A sign counts unless it joins two terms, as in {@code 5-3}. A dollar sign may stand between sign and digits. */
    private static final Pattern NUMBER = Pattern.compile("(?<sign>(?<![\\p{L}\\p{N}.)\\]}])[-+\u2212])?\\$?(?<number>"
            + UNSIGNED + ")(?:/(?<over>" + UNSIGNED + "))?");

    private static final Pattern TYPESET_FRACTION =
            Pattern.compile("\\\\[dt]?frac\\{([^{}]{1,400}+)\\}\\{([^{}]{1,400}+)\\}");

    private AnswerNumber() {}

    /** The answer's number, or empty if the marked place, or an unmarked text, holds none. */
    static Optional<Fraction> find(String text) {
        int mark = text.lastIndexOf(FINAL_MARK);
        if (mark >= 0) {
            return first(text.substring(mark + FINAL_MARK.length()));
        }
        int box = text.lastIndexOf(BOX);
        if (box >= 0) {
            return first(balanced(text, box + BOX.length()));
        }
        return last(text);
    }

    /** The number that the whole text is, or empty. */
    static Optional<Fraction> parse(String text) {
        Matcher matcher = matcher(text.strip());
        return matcher.matches() ? value(matcher) : Optional.empty();
    }

    private static String balanced(String text, int start) {
        int depth = 1;
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            depth += character == '{' ? 1 : character == '}' ? -1 : 0;
            if (depth == 0) {
                return text.substring(start, i);
            }
        }
        return text.substring(start);
    }

    private static Optional<Fraction> first(String text) {
        Matcher matcher = matcher(text);
        return matcher.find() ? value(matcher) : Optional.empty();
    }

    private static Optional<Fraction> last(String text) {
        Matcher matcher = matcher(text);
        Optional<Fraction> last = Optional.empty();
        while (matcher.find()) {
            last = value(matcher);
        }
        return last;
    }

    private static Matcher matcher(String text) {
        return NUMBER.matcher(TYPESET_FRACTION.matcher(text).replaceAll("$1/$2"));
    }

    /** Empty for a division by 0. */
    private static Optional<Fraction> value(Matcher matcher) {
        BigDecimal numerator = decimal(matcher.group("number"));
        String over = matcher.group("over");
        BigDecimal denominator = over == null ? BigDecimal.ONE : decimal(over);
        if (denominator.signum() == 0) {
            return Optional.empty();
        }
        String sign = matcher.group("sign");
        boolean negative = sign != null && !sign.equals("+");
        return Optional.of(new Fraction(negative ? numerator.negate() : numerator, denominator));
    }

    private static BigDecimal decimal(String digits) {
        return new BigDecimal(digits.replace(",", ""));
    }
}
