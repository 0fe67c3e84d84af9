package dev.freshet.model.dataset;

/** Where forget pairs have the answers that are to be given in place of what is forgotten. */
@FunctionalInterface
public interface Templates {
    /** Of a dataset without forget pairs. */
    Templates NONE = example -> {
        throw new IllegalStateException("a dataset of forget pairs must have templates");
    };

    /** The text for an example, the same whenever it is asked for. */
    String of(AdmittedExample example);
}
