package dev.freshet.model.engine;

import ai.djl.pytorch.jni.JniUtils;

/** A stretch of one thread's work that autograd does not see. */
public final class NoGradient {
    private NoGradient() {}

    /** Sees to it that nothing in this work carries a gradient. */
    public static void during(Runnable work) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            work.run();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Whether this thread is in such a stretch. */
    static boolean isIn() {
        return !JniUtils.isGradMode();
    }
}
