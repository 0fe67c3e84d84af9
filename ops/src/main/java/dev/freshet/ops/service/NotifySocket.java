package dev.freshet.ops.service;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The socket by which systemd is told how a service is (sd_notify(3)): one datagram of {@code NAME=VALUE} lines a time. It is a
 * Unix datagram socket, which Java has none of.
 */
final class NotifySocket implements Notifier {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;

    /** A send that would wait for a reader fails instead. */
    private static final int MSG_DONTWAIT = 0x40;

    private static final int LONGEST_PATH = 107;

    /** The calls. */
    interface LibC extends Library {
        int socket(int domain, int type, int protocol) throws LastErrorException;

        NativeLong sendto(int socket, byte[] bytes, NativeLong size, int flags, byte[] address, int addressSize)
                throws LastErrorException;

        int close(int socket) throws LastErrorException;
    }

    private final LibC libc;
    private final byte[] address;

    private NotifySocket(LibC libc, byte[] address) {
        this.libc = libc;
        this.address = address;
    }

    /** @param path of a socket in the file system, or {@code @name} for an abstract one, as {@code NOTIFY_SOCKET} has it */
    static NotifySocket at(String path) {
        return new NotifySocket(Native.load("c", LibC.class), address(path));
    }

    @Override
    public void tell(String state) throws IOException {
        byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
        try {
            int socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            try {
                var unused =
                        libc.sendto(socket, bytes, new NativeLong(bytes.length), MSG_DONTWAIT, address, address.length);
            } finally {
                libc.close(socket);
            }
        } catch (LastErrorException refused) {
            throw new IOException("the service manager cannot be told: " + refused.getMessage(), refused);
        }
    }

    /** {@code struct sockaddr_un}: the family, and the path with a zero behind it, or in front of an abstract name. */
    static byte[] address(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH || !(path.startsWith("/") || path.startsWith("@"))) {
            throw new IllegalArgumentException("NOTIFY_SOCKET must be an absolute path or @name of at most "
                    + LONGEST_PATH + " bytes, was \"" + path + "\"");
        }
        boolean isAbstract = path.startsWith("@");
        ByteBuffer address = ByteBuffer.allocate(Short.BYTES + name.length + (isAbstract ? 0 : 1))
                .order(ByteOrder.nativeOrder());
        address.putShort((short) AF_UNIX).put(name);
        if (isAbstract) {
            address.put(Short.BYTES, (byte) 0);
        }
        return address.array();
    }
}
