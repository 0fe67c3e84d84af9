package dev.freshet.ops.cli;

/**
 * What the doctor found on one subject.
 *
 * @param remedy what to do about it; empty if nothing is wrong
 */
record Finding(String subject, String detail, String remedy) {
    static Finding fine(String subject, String detail) {
        return new Finding(subject, detail, "");
    }

    static Finding wrong(String subject, String detail, String remedy) {
        return new Finding(subject, detail, remedy);
    }

    boolean isFine() {
        return remedy.isEmpty();
    }
}
