package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.engine.Scalars;

/**
 * What FLAT is compared with, each at a scale at which its first step is that of a mean over tokens: so one learning rate serves all.
 *
 * <pre>
 *   y  the answer to be forgotten     e  the template     l(y) = ln pi(y) / ref(y)     |y|  tokens of y
 * </pre>
 */
public enum UnlearningBaseline {
    /** Mean over tokens of ln pi(y): Jang et al. 2023, "Knowledge Unlearning" (arXiv 2210.01504). Unbounded below. */
    GRADIENT_ASCENT("gradient-ascent", ExampleKind.FORGET_PAIR, Reads.FORGET) {
        @Override
        NDArray perExample(AnswerScores forget, AnswerScores template, double beta) {
            return forget.meanLogProb();
        }
    },
    /**
     * The same, and the KL of the policy from the reference at the tokens of an answer to be kept: Maini et al. 2024, "TOFU" (arXiv
     * 2401.06121), its KL minimisation. The only one here that has a retain set.
     */
    GRADIENT_ASCENT_KL("gradient-ascent-kl", ExampleKind.FORGET_AND_RETAIN, Reads.FORGET_AND_REFERENCE) {
        @Override
        NDArray perExample(AnswerScores forget, AnswerScores template, double beta) {
            return forget.meanLogProb();
        }
    },
    /** Cross-entropy of the template: TOFU's preference optimisation, "I don't know" as an answer to learn. */
    IDK("idk", ExampleKind.FORGET_PAIR, Reads.TEMPLATE) {
        @Override
        NDArray perExample(AnswerScores forget, AnswerScores template, double beta) {
            return template.meanLogProb().neg();
        }
    },
    /** -2/beta ln sigma(-beta l(y)) / |y|: Zhang et al. 2024, "Negative Preference Optimization" (arXiv 2404.05868), but for |y|. */
    NPO("npo", ExampleKind.FORGET_PAIR, Reads.FORGET_AND_REFERENCE) {
        @Override
        NDArray perExample(AnswerScores forget, AnswerScores template, double beta) {
            return pushedApart(forget.requireLogRatio(), forget, beta);
        }
    },
    /** -2/beta ln sigma(beta (l(e) - l(y))) / |y|: DPO, the template preferred to the answer (Rafailov et al. 2023), but for the scale. */
    TEMPLATE_DPO("template-dpo", ExampleKind.FORGET_PAIR, Reads.BOTH_AND_REFERENCE) {
        @Override
        NDArray perExample(AnswerScores forget, AnswerScores template, double beta) {
            return pushedApart(forget.requireLogRatio().sub(template.requireLogRatio()), forget, beta);
        }
    };

    /** Which answers the loss is made of. */
    private enum Reads {
        FORGET,
        TEMPLATE,
        FORGET_AND_REFERENCE,
        BOTH_AND_REFERENCE
    }

    private final String spec;
    private final ExampleKind kind;
    private final Reads reads;

    UnlearningBaseline(String spec, ExampleKind kind, Reads reads) {
        this.spec = spec;
        this.kind = kind;
        this.reads = reads;
    }

    /** The name in settings. */
    String spec() {
        return spec;
    }

    ExampleKind kind() {
        return kind;
    }

    boolean readsForget() {
        return reads != Reads.TEMPLATE;
    }

    boolean readsTemplate() {
        return reads == Reads.TEMPLATE || reads == Reads.BOTH_AND_REFERENCE;
    }

    boolean needsReference() {
        return reads == Reads.FORGET_AND_REFERENCE || reads == Reads.BOTH_AND_REFERENCE;
    }

    /**
     * (examples,), as {@link UnlearningLoss#perExample}.
     *
     * @param beta of NPO and DPO, above 0; the others have none
     */
    abstract NDArray perExample(AnswerScores forget, AnswerScores template, double beta);

    private static NDArray pushedApart(NDArray logRatio, AnswerScores forget, double beta) {
        NDArray softPlus = Activation.softPlus(Scalars.times(logRatio, beta)); // (examples,)
        return Scalars.times(softPlus, 2 / beta).div(forget.lengths());
    }
}
