package dev.freshet.model.text;

/** The one rule for ids to be decoded. */
final class TokenIds {
    private TokenIds() {}

    static int checked(int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw new IllegalArgumentException("a token id must be in 0.." + (vocabularySize - 1) + ", was " + id);
        }
        return id;
    }
}
