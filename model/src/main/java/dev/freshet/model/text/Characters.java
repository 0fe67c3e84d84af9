package dev.freshet.model.text;

/** How characters are named in refusals: readable if printable, and always exact. */
final class Characters {
    private Characters() {}

    /** Returns, for example, {@code 'é' (U+00E9)}. */
    static String describe(int codePoint) {
        String code = String.format("U+%04X", codePoint);
        boolean printable = Character.isDefined(codePoint)
                && !Character.isISOControl(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE;
        return printable ? "'" + Character.toString(codePoint) + "' (" + code + ")" : code;
    }
}
