package dev.freshet.model.dataset;

/** An example as its line says it. */
public sealed interface TextExample {
    ExampleKind kind();

    /** A completion to imitate. */
    record Demonstration(String prompt, String completion) implements TextExample {
        @Override
        public ExampleKind kind() {
            return ExampleKind.DEMONSTRATION;
        }
    }

    /** Two completions, the better one first. */
    record Preference(String prompt, String chosen, String rejected) implements TextExample {
        @Override
        public ExampleKind kind() {
            return ExampleKind.PREFERENCE;
        }
    }

    /** A completion to forget. */
    record ForgetPair(String prompt, String completion) implements TextExample {
        @Override
        public ExampleKind kind() {
            return ExampleKind.FORGET_PAIR;
        }
    }

    /** A completion to forget, and a completion of another prompt to keep. */
    record ForgetAndRetain(ForgetPair forget, Demonstration retain) implements TextExample {
        @Override
        public ExampleKind kind() {
            return ExampleKind.FORGET_AND_RETAIN;
        }
    }
}
