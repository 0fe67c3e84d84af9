package dev.freshet.ops.service;

import java.io.IOException;

/** Tells the service manager of a change, in lines of {@code NAME=VALUE}. */
@FunctionalInterface
interface Notifier {
    void tell(String state) throws IOException;
}
