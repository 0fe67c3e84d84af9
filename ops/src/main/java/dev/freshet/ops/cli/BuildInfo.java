package dev.freshet.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which Freshet this is.
 *
 * @param version of the build
 * @param commit of the source tree, as the launcher saw it; {@code unknown} outside a git checkout or without the launcher
 */
public record BuildInfo(String version, String commit) {
    private static final String RESOURCE = "/freshet.properties";

    public static BuildInfo read() {
        Properties properties = new Properties();
        try (InputStream stream = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("the build has no " + RESOURCE + "; build it anew with ./mvnw package");
            }
            properties.load(stream);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new BuildInfo(
                properties.getProperty("version", "unknown"), System.getProperty("freshet.commit", "unknown"));
    }
}
