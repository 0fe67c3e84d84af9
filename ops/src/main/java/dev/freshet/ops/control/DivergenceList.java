package dev.freshet.ops.control;

import java.util.List;

/**
 * The divergences that a run can be switched to.
 *
 * @param active spec of the one in force
 */
public record DivergenceList(List<String> specs, String active) {
    public DivergenceList {
        specs = List.copyOf(specs);
    }
}
