package dev.freshet.ops.metrics;

import java.util.Map;

/**
 * What the JDK's HTTP server allows its callers. It reads a request on a thread of its pool before anything can be asked of it, a
 * token for example, and by itself gives a caller all the time there is. Its bounds are properties of the process, which it reads
 * once.
 */
final class HttpBounds {
    /** One more is closed as soon as it is made. Each may have a request under way, and so a thread. */
    static final int CONNECTIONS = 32;

    /** From a request's first byte to its last, a TLS handshake included; also from a connection to its first byte. */
    private static final int REQUEST_SECONDS = 5;

    /** From a request's last byte until its answer has been taken. */
    private static final int RESPONSE_SECONDS = 20;

    private static final int HEADER_BYTES = 16 << 10;

    /**
     * The last is no bound: without it the kernel keeps an answer's end back until the caller has acknowledged its beginning, which callers put
     * off for 40 ms.
     */
    private static final Map<String, Object> PROPERTIES = Map.of(
            "jdk.httpserver.maxConnections", CONNECTIONS,
            "sun.net.httpserver.maxReqTime", REQUEST_SECONDS,
            "sun.net.httpserver.maxRspTime", RESPONSE_SECONDS,
            "sun.net.httpserver.maxReqHeaderSize", HEADER_BYTES,
            "sun.net.httpserver.nodelay", true);

    private HttpBounds() {}

    /** Before the first HTTP server of the process is made. What is named on the command line holds. */
    static void set() {
        PROPERTIES.forEach((property, value) -> {
            if (System.getProperty(property) == null) {
                System.setProperty(property, String.valueOf(value));
            }
        });
    }
}
