package dev.freshet.ops.control;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a control service is called, written {@code host:port}. */
public record Endpoint(String host, int port) {
    private static final Pattern SYNTAX = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\s]+):([0-9]{1,5})");

    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("endpoint port must be between 1 and 65535, was " + port);
        }
    }

    /** @throws IllegalArgumentException if {@code text} is not {@code host:port} */
    public static Endpoint parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("endpoint must be host:port, as in 127.0.0.1:7070, was " + text);
        }
        return new Endpoint(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
