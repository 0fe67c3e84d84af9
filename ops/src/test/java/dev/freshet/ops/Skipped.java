package dev.freshet.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A test that cannot be made here is skipped, and what a build prints says why. */
public final class Skipped {
    private Skipped() {}

    /** @param why what is wanting, and what therefore was not tried */
    public static void unless(boolean possible, String why) {
        String skipped = "skipped: " + why;
        if (!possible) {
            System.out.println(skipped);
        }
        assumeTrue(possible, skipped);
    }
}
