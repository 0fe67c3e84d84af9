package dev.freshet.ops.control;

import dev.freshet.actors.RunControl;
import dev.freshet.ops.cli.SettingsLoader;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;

/** A control server on any free port, with the settings that a run has by default but for those that a test names. */
public final class TestServer {
    private TestServer() {}

    /** @param overrides each {@code key=value} */
    public static ControlSettings settings(String... overrides) {
        List<String> all = new ArrayList<>(List.of("freshet.control.port=0", "freshet.control.call-timeout=10 s"));
        all.addAll(List.of(overrides));
        return ControlSettings.from(new SettingsLoader().defaults(all));
    }

    public static ControlServer start(RunControl run, List<String> divergences, RunView view, String... overrides)
            throws BindException {
        return ControlServer.start(settings(overrides), run, divergences, view);
    }

    public static Endpoint endpoint(ControlServer server) {
        return new Endpoint("127.0.0.1", server.address().getPort());
    }
}
