package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.transformer.MatrixFlavour;

/**
 * Where and how a role computes.
 *
 * @param threads that one native call of this role may use on the CPU, at least 1
 */
public record ComputeSettings(ComputeDevice device, MatrixFlavour flavour, int threads) {

    /**
     * Reads {@code device}, {@code matrix-flavour} and {@code threads}.
     *
     * @param section the role's part of the configuration
     * @param path that part's path, for refusals
     */
    static ComputeSettings from(Config section, String path) {
        ComputeDevice device = ComputeDevice.parse(section.getString("device"), path + ".device");
        int threads = section.getInt("threads");
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, was " + threads + " (" + path + ".threads)");
        }
        return new ComputeSettings(
                device,
                MatrixFlavour.parse(section.getString("matrix-flavour"), device, path + ".matrix-flavour"),
                threads);
    }

    ComputeSettings withThreads(int other) {
        return new ComputeSettings(device, flavour, other);
    }

    /** The same settings, if gradients can flow through their matrix flavour. */
    ComputeSettings requireDifferentiable(String path) {
        if (!flavour.isDifferentiable()) {
            throw new IllegalArgumentException("a learner's matrix flavour must be plain, fp32 or bf16, was "
                    + flavour.label() + ", which has no gradients (" + path + ".matrix-flavour)");
        }
        return this;
    }
}
