package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.learning.MicroBatch.Share;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.TokenRows;
import java.util.Arrays;
import java.util.List;

/**
 * A micro-batch as the decoder's program takes it. Scored tokens stand in the order of its sequences, each sequence's in its own.
 *
 * @param picks (tokens or a few more,) flat positions whose next token is scored, and then position 0 again, so that there are few
 *     sizes
 * @param targets (tokens,) the tokens scored
 * @param temperature scalar where all tokens have the same, else (picks, 1)
 */
record PackedSequences(TokenRows rows, NDArray picks, NDArray targets, NDArray temperature) {
    /** Each in a row of its own. */
    static PackedSequences of(List<TokenSequence> sequences, NDManager owner) {
        return of(MicroBatch.plain(sequences), sequences, owner);
    }

    /** @param all that the micro-batch was cut from */
    static PackedSequences of(MicroBatch batch, List<TokenSequence> all, NDManager owner) {
        Packing packing = new Packing(batch, all);
        for (List<Share> row : batch.rows()) {
            packing.row(row);
        }
        return packing.packed(owner);
    }

    private static final class Packing {
        private final MicroBatch batch;
        private final List<TokenSequence> all;
        private final int positions;
        private final long[] ids;
        private final long[] layout;
        private final long[] picks;
        private final long[] targets;
        private final float[] temperatures;
        private int rows;
        private int scored;

        private Packing(MicroBatch batch, List<TokenSequence> all) {
            this.batch = batch;
            this.all = all;
            this.positions = Math.multiplyExact(batch.rows().size(), batch.width());
            int tokens = batch.of(all).stream()
                    .mapToInt(sequence -> sequence.completion().size())
                    .sum();
            this.ids = new long[positions];
            this.layout = new long[Math.multiplyExact(3, positions)];
            Arrays.fill(layout, positions, 2 * positions, -1);
            this.targets = new long[tokens];
            this.picks = new long[FewSizes.atLeastRoughly(tokens)];
            this.temperatures = new float[picks.length];
            Arrays.fill(temperatures, (float) all.get(batch.sequences().get(0)).temperature());
        }

        private void row(List<Share> shares) {
            int start = rows * batch.width();
            for (int tree = 0; tree < shares.size(); tree++) {
                share(shares.get(tree), tree, start);
                start += shares.get(tree).positions();
            }
            rows++;
        }

        /** The prompt, and behind it each completion but for its last token, which predicts nothing that is scored. */
        private void share(Share share, int tree, int start) {
            Tokens prompt = all.get(share.sequences().get(0)).prompt();
            prompt.copyTo(ids, start);
            place(start, prompt.size(), 0, tree, 0);
            int branch = start + prompt.size();
            for (int number = 1; number <= share.sequences().size(); number++) {
                TokenSequence sequence = all.get(share.sequences().get(number - 1));
                Tokens completion = sequence.completion();
                for (int i = 0; i < completion.size(); i++) {
                    picks[scored] = i == 0 ? start + prompt.size() - 1 : branch + i - 1;
                    targets[scored] = completion.get(i);
                    temperatures[scored] = (float) sequence.temperature();
                    scored++;
                    if (i + 1 < completion.size()) {
                        ids[branch + i] = completion.get(i);
                    }
                }
                place(branch, completion.size() - 1, prompt.size(), tree, number);
                branch += completion.size() - 1;
            }
        }

        private void place(int start, int count, int firstNumber, int tree, int branch) {
            for (int i = 0; i < count; i++) {
                layout[start + i] = (long) firstNumber + i;
            }
            Arrays.fill(layout, positions + start, positions + start + count, tree);
            Arrays.fill(layout, 2 * positions + start, 2 * positions + start + count, branch);
        }

        private PackedSequences packed(NDManager owner) {
            TokenRows tokens = batch.isPlain()
                    ? TokenRows.plain(OwnedArray.of(ids, new Shape(rows, batch.width()), owner))
                    : TokenRows.of(ids, layout, rows, batch.width(), owner);
            return new PackedSequences(
                    tokens,
                    OwnedArray.of(picks, owner),
                    OwnedArray.of(targets, owner),
                    temperature(temperatures, owner));
        }

        private static NDArray temperature(float[] temperatures, NDManager owner) {
            for (float temperature : temperatures) {
                if (temperature != temperatures[0]) {
                    return OwnedArray.of(temperatures, new Shape(temperatures.length, 1), owner);
                }
            }
            return owner.full(new Shape(), temperatures[0]);
        }
    }
}
