package dev.freshet.actors;

/** What the next step will be taken with. Only {@link Learner} changes it; anyone may look, from any thread. */
final class ParametersInForce {
    private volatile RunParameters parameters;

    ParametersInForce(RunParameters first) {
        this.parameters = first;
    }

    RunParameters get() {
        return parameters;
    }

    ActorSettings settings() {
        return parameters.settings();
    }

    void set(RunParameters next) {
        parameters = next;
    }
}
