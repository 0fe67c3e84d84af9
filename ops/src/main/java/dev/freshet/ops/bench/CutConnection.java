package dev.freshet.ops.bench;

import dev.freshet.ops.control.Endpoint;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** A connection that speaks HTTP/2 badly, or breaks off in the middle of it. */
final class CutConnection {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A frame of no settings. */
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    private static final int LINGER_NOT_AT_ALL = 0;

    private CutConnection() {}

    /** Opens one, says something wrong, and closes it, half of the times by a reset. */
    static void make(Endpoint endpoint, SplittableRandom random) throws IOException {
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            byte[] noise = new byte[1 + random.nextInt(400)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                socket.setSoLinger(true, LINGER_NOT_AT_ALL);
            }
            if (random.nextBoolean()) {
                socket.getOutputStream().write(PREFACE, 0, random.nextInt(PREFACE.length + 1));
            } else {
                socket.getOutputStream().write(PREFACE);
                socket.getOutputStream().write(SETTINGS);
            }
            socket.getOutputStream().write(noise);
        } catch (SocketException closedByTheServer) {
            // Which it may, at any byte.
        }
    }
}
