package dev.freshet.streams;

/**
 * The unbiased estimate of the chance that at least one of k answers is correct (Chen et al. 2021, "Evaluating Large Language
 * Models Trained on Code", equation 1).
 */
public final class PassAtK {
    /*
     * pass@k = 1 - C(n - c, k) / C(n, k), n samples of which c are correct. The binomials overflow long before their quotient
     * does anything of note, so that is multiplied out: C(n - c, k) / C(n, k) = prod_{i = n-c+1}^{n} (1 - k / i).
     */
    private PassAtK() {}

    /** @throws IllegalArgumentException unless {@code 0 <= correct <= samples} and {@code 1 <= k <= samples} */
    public static double estimate(int samples, int correct, int k) {
        if (correct < 0 || correct > samples) {
            throw new IllegalArgumentException(
                    "correct answers must be 0 to the number of samples " + samples + ", were " + correct);
        }
        if (k < 1 || k > samples) {
            throw new IllegalArgumentException("k must be 1 to the number of samples " + samples + ", was " + k
                    + ": sample more answers a prompt, or ask for a smaller k");
        }
        double allWrong = 1;
        for (int i = samples - correct + 1; i <= samples; i++) {
            allWrong *= Math.max(0, 1 - (double) k / i);
        }
        return 1 - allWrong;
    }
}
