package dev.freshet.ops.listen;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where one of the daemon's servers listens.
 *
 * @param key path of the settings {@code host} and {@code port}, for messages: {@code freshet.control}
 * @param host {@code localhost} or an address in digits
 * @param port 0 to 65535; 0 is any free port
 */
public record ListenAddress(String key, String host, int port) {
    /** What netty puts in front of the system's own words. */
    private static final Pattern NETTY_BIND = Pattern.compile("^bind\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /** Digits only, so that no name is ever looked up. */
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|\\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*]?");

    public ListenAddress {
        if (addressOf(host).isEmpty()) {
            throw new IllegalArgumentException("host must be localhost or an address in digits, as in 127.0.0.1, was \""
                    + host + "\" (" + key + ".host)");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "port must be between 0 (any free port) and 65535, was " + port + " (" + key + ".port)");
        }
    }

    /** Reads {@code host} and {@code port} below {@code key}. */
    public static ListenAddress from(Config root, String key) {
        return new ListenAddress(key, root.getString(key + ".host"), root.getInt(key + ".port"));
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** Whether only this machine can connect. */
    public boolean isLoopback() {
        return addressOf(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** Tells the user that {@code cause} kept a server from listening here, and what to do. */
    public BindException refusal(IOException cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = NETTY_BIND.matcher(String.valueOf(root.getMessage())).replaceFirst("");
        BindException refusal = new BindException("cannot listen on " + this + ": " + why
                + "; stop what listens there, or choose another port, 0 for any free one (" + key + ".port)");
        refusal.initCause(cause);
        return refusal;
    }

    /**
     * Listens here for a moment.
     *
     * @throws BindException if the port is taken
     */
    public void requireFree() throws BindException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(socketAddress());
        } catch (IOException taken) {
            throw refusal(taken);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }

    private static Optional<InetAddress> addressOf(String host) {
        if (!host.equals("localhost") && !NUMERIC.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException malformed) {
            return Optional.empty();
        }
    }
}
