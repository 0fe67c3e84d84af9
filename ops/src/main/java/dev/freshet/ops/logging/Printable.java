package dev.freshet.ops.logging;

/** Text of a policy or a file, as a terminal may show it: a policy of bytes can say whatever a terminal obeys. */
public final class Printable {
    private Printable() {}

    /** The text with its control characters written as {@code \\u001b}, but for the ends of lines and tabs. */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (Character.isISOControl(character) && character != '\n' && character != '\t') {
                printable.append(String.format("\\u%04x", character));
            } else {
                printable.appendCodePoint(character);
            }
        });
        return printable.toString();
    }
}
