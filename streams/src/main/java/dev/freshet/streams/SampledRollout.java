package dev.freshet.streams;

/** One decoded rollout. */
public record SampledRollout(
        long sequence, String prompt, String completion, double reward, long oldestVersion, long newestVersion) {}
