package dev.freshet.model.objective;

import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import java.util.List;

/** What f-DPG's target is normalised over: what has a partition function Z of its own. */
public enum FdpgContext {
    /** The completions of each prompt: a conditional target. */
    PROMPT("prompt") {
        @Override
        long of(RolloutGroup group) {
            Tokens prompt = group.prompt().tokens();
            long hash = HASH_START;
            for (int i = 0; i < prompt.size(); i++) {
                hash = hashed(hash, prompt.get(i));
            }
            return hashed(hash, Double.doubleToLongBits(group.temperature())) & HELD_BY_A_DOUBLE;
        }
    },
    /** All that the run samples: an unconditional target, of prompts with their completions. */
    RUN("run") {
        @Override
        long of(RolloutGroup group) {
            return hashed(HASH_START, Double.doubleToLongBits(group.temperature())) & HELD_BY_A_DOUBLE;
        }
    };

    private static final long HASH_START = 0xcbf29ce484222325L;

    private static final long HELD_BY_A_DOUBLE = (1L << 52) - 1;

    private final String spec;

    FdpgContext(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /** A number for the context of a group, different for different contexts but for one pair in 2^52. Temperature changes all of them. */
    abstract long of(RolloutGroup group);

    /** Likewise a number for a text. */
    static double of(String text) {
        long hash = HASH_START;
        for (int i = 0; i < text.length(); i++) {
            hash = hashed(hash, text.charAt(i));
        }
        return (double) (hash & HELD_BY_A_DOUBLE);
    }

    static FdpgContext parse(String spec) {
        return Specs.parse(FdpgSettings.PATH, "context", spec, List.of(values()), FdpgContext::spec);
    }

    /** The finaliser of SplittableRandom (Steele, Lea and Flood 2014), whose every bit depends on every bit. */
    private static long hashed(long hash, long word) {
        long mixed = (hash ^ word) + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
