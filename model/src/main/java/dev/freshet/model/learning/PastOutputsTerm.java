package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.objective.TrajectoryLoss;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.trajectory.OutputStore;
import dev.freshet.model.trajectory.PastOutputs;
import dev.freshet.model.trajectory.TrajectorySettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SAF's trajectory loss, from what the learner said of the same examples some epochs ago; 0 where nothing is known of that. Remembers what
 * it says now, for the epochs to come.
 */
final class PastOutputsTerm implements VocabularyTerm {
    private final OutputStore store;
    private final TrajectorySettings settings;
    private final List<Said> sequences = new ArrayList<>();

    /** Likeliest tokens that are kept at each token; 0 for all of the vocabulary. */
    private final int kept;

    /** Log-probs at each token. */
    private final int events;

    private final boolean remembers;

    /** A completion of the batch, in its order. */
    private record Said(long epoch, OutputStore.Key key, Tokens completion) {}

    /**
     * @param examples of the micro-batch, in the order of its sequences
     * @param vocabulary size
     * @param pass remembers only what is said at the weights
     */
    PastOutputsTerm(
            OutputStore store,
            TrajectorySettings settings,
            List<TokenisedExample> examples,
            int vocabulary,
            Pass pass) {
        this.store = store;
        this.settings = settings;
        this.kept = settings.topK().isPresent() && settings.topK().getAsInt() < vocabulary
                ? settings.topK().getAsInt()
                : 0;
        this.events = kept == 0 ? vocabulary : kept + 1;
        this.remembers = pass.isAtTheWeights();
        for (TokenisedExample example : examples) {
            List<ExampleSequence> own = example.sequences();
            for (int place = 0; place < own.size(); place++) {
                OutputStore.Key key = new OutputStore.Key(example.admitted().id(), place);
                sequences.add(
                        new Said(example.admitted().epoch(), key, own.get(place).completion()));
            }
        }
    }

    @Override
    public OfBatch of(PackedSequences batch) {
        return new Lookback(batch);
    }

    /** One micro-batch's. */
    private final class Lookback implements OfBatch {
        private final NDArray past; // (tokens, events)
        private final @Nullable NDArray pastKept; // (tokens, kept); null where kept is 0
        private final NDArray isKnown; // (tokens,) 1 or 0
        private final boolean anyKnown;
        private final float[] now;
        private final long[] nowKept;
        private final int tokens;
        private boolean isHeard;

        Lookback(PackedSequences batch) {
            tokens = (int) batch.targets().size();
            float[] logProbs = new float[Math.multiplyExact(tokens, events)];
            long[] ids = new long[Math.multiplyExact(tokens, kept)];
            float[] known = new float[tokens];
            int token = 0;
            for (Said said : sequences) {
                int end = token + said.completion().size();
                Optional<PastOutputs> before = before(said);
                if (before.isPresent()) {
                    before.get().copyLogProbs(logProbs, token * events);
                    before.get().copyKept(ids, token * kept);
                    Arrays.fill(known, token, end, 1);
                }
                token = end;
            }
            NDManager owner = batch.targets().getManager();
            anyKnown = contains(known, 1);
            isKnown = OwnedArray.of(known, owner);
            past = OwnedArray.of(logProbs, new Shape(tokens, events), owner);
            pastKept = kept == 0 ? null : OwnedArray.of(ids, new Shape(tokens, kept), owner);
            now = new float[remembers ? logProbs.length : 0];
            nowKept = new long[remembers ? ids.length : 0];
        }

        private Optional<PastOutputs> before(Said said) {
            if (said.epoch() < settings.fromEpoch()) {
                return Optional.empty();
            }
            return store.before(said.epoch(), said.key(), said.completion())
                    .filter(outputs -> outputs.events() == events && outputs.keptPerToken() == kept);
        }

        @Override
        public NDArray at(TokenRange range, NDArray policy) {
            NDManager owner = policy.getManager();
            NDArray softened = TrajectoryLoss.softened(policy, settings.temperature());
            if (remembers && !isHeard) {
                remember(range, softened.stopGradient());
            }
            NDArray known = range.ofTokens(isKnown, owner);
            if (!anyKnown) {
                return known;
            }
            NDArray current =
                    pastKept == null ? softened : TrajectoryLoss.coarse(softened, range.ofTokens(pastKept, owner));
            return TrajectoryLoss.perToken(range.ofTokens(past, owner), current, settings.temperature())
                    .mul(known);
        }

        /** Keeps what is said when the last token's has been heard. */
        private void remember(TokenRange range, NDArray softened) {
            NDArray said = softened;
            if (kept > 0) {
                NDArray likeliest = softened.topK(kept, 1, true, true).get(1); // (tokens, kept)
                long[] ids = likeliest.toLongArray();
                System.arraycopy(ids, 0, nowKept, range.first() * kept, ids.length);
                said = TrajectoryLoss.coarse(softened, likeliest);
            }
            float[] logProbs = said.toFloatArray();
            System.arraycopy(logProbs, 0, now, range.first() * events, logProbs.length);
            if (range.first() + range.tokens() == tokens) {
                isHeard = true;
                keep();
            }
        }

        private void keep() {
            int token = 0;
            for (Said said : sequences) {
                int end = token + said.completion().size();
                if (said.epoch() + settings.epochsAgo() >= settings.fromEpoch()) {
                    float[] logProbs = Arrays.copyOfRange(now, token * events, end * events);
                    PastOutputs outputs = kept == 0
                            ? PastOutputs.whole(said.completion(), logProbs)
                            : PastOutputs.coarse(
                                    said.completion(), logProbs, integers(nowKept, token * kept, end * kept));
                    store.remember(said.epoch(), said.key(), outputs);
                }
                token = end;
            }
        }
    }

    private static boolean contains(float[] values, float wanted) {
        for (float value : values) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    private static int[] integers(long[] values, int from, int to) {
        int[] integers = new int[to - from];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = (int) values[from + i];
        }
        return integers;
    }
}
