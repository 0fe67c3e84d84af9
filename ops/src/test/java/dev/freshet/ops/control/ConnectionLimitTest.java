package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers who say nothing hold a connection each, and no more of them than there may be. */
class ConnectionLimitTest {
    private static final int DEADLINE_MILLIS = 10_000;

    private final ScriptedView view = new ScriptedView();

    @Test
    void oneMoreThanThereMayBeIsClosedAndCountedAndOneLessMakesRoom() throws Exception {
        try (ControlServer server = TestServer.start(
                        new ScriptedRun(), List.of("none"), view, "freshet.control.max-connections=2");
                Socket silent = connect(server);
                ControlClient client = new ControlClient(TestServer.endpoint(server))) {
            assertThat(silent.getInputStream().read()).isNotEqualTo(-1);
            assertThat(client.status()).isEqualTo(Samples.running());

            try (Socket third = connect(server)) {
                assertThat(isClosed(third)).isTrue();
            }
            assertThat(view.told()).contains("connection refused");
            assertThat(client.status()).isEqualTo(Samples.running());

            silent.shutdownOutput();
            assertThat(comesIn(server)).isTrue();
        }
    }

    private static Socket connect(ControlServer server) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(DEADLINE_MILLIS);
        return socket;
    }

    /** The server speaks first, if it speaks. */
    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Once the server has seen that the other has gone. */
    private static boolean comesIn(ControlServer server) throws IOException {
        long end = System.nanoTime() + DEADLINE_MILLIS * 1_000_000L;
        while (System.nanoTime() < end) {
            try (Socket next = connect(server)) {
                if (!isClosed(next)) {
                    return true;
                }
            }
        }
        return false;
    }
}
