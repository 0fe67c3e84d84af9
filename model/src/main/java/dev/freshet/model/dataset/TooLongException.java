package dev.freshet.model.dataset;

/** An example that there is no room for. */
final class TooLongException extends IllegalArgumentException {
    TooLongException(String message) {
        super(message);
    }
}
