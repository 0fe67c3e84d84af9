package dev.freshet.ops.report;

/** Text made safe for a page that is both HTML and XML. */
final class Html {
    private Html() {}

    /** Escapes markup, and shows what XML cannot hold (most control characters, lone surrogates) as U+FFFD. */
    static String text(String raw) {
        StringBuilder safe = new StringBuilder(raw.length() + 16);
        raw.codePoints().forEach(letter -> {
            switch (letter) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isAllowed(letter) ? letter : 0xFFFD);
            }
        });
        return safe.toString();
    }

    private static boolean isAllowed(int letter) {
        if (letter < 0x20) {
            return letter == '\t' || letter == '\n' || letter == '\r';
        }
        boolean surrogate = letter >= 0xD800 && letter <= 0xDFFF;
        boolean control = letter >= 0x7F && letter < 0xA0;
        return !surrogate && !control && letter != 0xFFFE && letter != 0xFFFF;
    }
}
