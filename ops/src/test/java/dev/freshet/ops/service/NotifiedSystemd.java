package dev.freshet.ops.service;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link NotifySocket}: a Unix datagram socket, as systemd listens on. */
public final class NotifiedSystemd implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;

    /** The calls. */
    interface LibC extends Library {
        int socket(int domain, int type, int protocol) throws LastErrorException;

        int bind(int socket, byte[] address, int size) throws LastErrorException;

        int setsockopt(int socket, int level, int option, byte[] value, int size) throws LastErrorException;

        NativeLong recv(int socket, byte[] bytes, NativeLong size, int flags) throws LastErrorException;

        int close(int socket) throws LastErrorException;
    }

    private final LibC libc = Native.load("c", LibC.class);
    private final int socket = libc.socket(AF_UNIX, SOCK_DGRAM, 0);

    /** Listens at a path or an abstract {@code @name}. */
    public NotifiedSystemd(String path, int timeoutSeconds) {
        byte[] address = NotifySocket.address(path);
        libc.bind(socket, address, address.length);
        byte[] timeout = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(timeoutSeconds)
                .array();
        libc.setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length);
    }

    /** The next message; fails when none comes in time. */
    public String next() {
        byte[] bytes = new byte[8192];
        int size = libc.recv(socket, bytes, new NativeLong(bytes.length), 0).intValue();
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
