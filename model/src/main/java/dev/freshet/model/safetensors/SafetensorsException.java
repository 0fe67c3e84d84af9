package dev.freshet.model.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not a safetensors file we can read; the message names the file, the value and the rule. */
public final class SafetensorsException extends IOException {
    private static final int QUOTED_CHARACTERS = 80;

    SafetensorsException(Path file, String message) {
        super(file + ": " + message);
    }

    SafetensorsException(Path file, String message, Throwable cause) {
        super(file + ": " + message, cause);
    }

    /** Text from a file, fit for one line of a terminal however long or strange it is. */
    static String quoted(String text) {
        String shown = text.length() <= QUOTED_CHARACTERS ? text : text.substring(0, QUOTED_CHARACTERS) + "...";
        return '"' + shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\"]", "?") + '"';
    }
}
