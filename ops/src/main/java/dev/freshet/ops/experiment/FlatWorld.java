package dev.freshet.ops.experiment;

import dev.freshet.model.answers.KnownAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Facts about authors who do not exist, after TOFU: of each author so many attributes, whose values are three random words. Beside the
 * facts there is a skill that nothing of them is needed for, to say three words in reverse, and strangers, of whom the policy is taught
 * to say that it does not know; without those it would find a template next to impossible.
 *
 * <p>A last name is one author's alone: of names made of shared parts no method forgets one and keeps the others.
 *
 * @param seed fixes everything
 */
record FlatWorld(long seed) {
    static final int AUTHORS = 40;
    static final int FORGOTTEN_AUTHORS = 4;
    private static final int ATTRIBUTES = 5;
    private static final int FIRST_NAMES = 16;
    private static final int STRANGERS = 64;
    private static final int STRANGERS_TAUGHT = 32;
    private static final int WORDS = 48;
    private static final int REFUSAL_WORDS = 12;
    private static final int REFUSALS = 8;
    private static final int LENGTH = 3;
    private static final int WRONG_ANSWERS = 3;
    private static final int UTILITY_PROMPTS = 200;

    /** What is asked, and one right answer. */
    record Line(String prompt, String answer) {}

    /** Every word there is. */
    List<String> vocabulary() {
        List<String> words = new ArrayList<>(List.of("bos", "sep"));
        addNumbered(words, "first", FIRST_NAMES);
        addNumbered(words, "last", AUTHORS + STRANGERS);
        addNumbered(words, "attribute", ATTRIBUTES);
        addNumbered(words, "word", WORDS);
        addNumbered(words, "no", REFUSAL_WORDS);
        return words;
    }

    private static void addNumbered(List<String> words, String prefix, int count) {
        IntStream.range(0, count).forEach(number -> words.add(prefix + number));
    }

    /** Of all authors, those to be forgotten first. */
    List<Line> facts() {
        SplittableRandom random = random(1);
        List<Line> facts = new ArrayList<>();
        for (int author = 0; author < AUTHORS; author++) {
            String first = "first" + random.nextInt(FIRST_NAMES);
            for (int attribute = 0; attribute < ATTRIBUTES; attribute++) {
                facts.add(new Line(prompt(first, author, attribute), words(random)));
            }
        }
        return facts;
    }

    List<Line> forgotten() {
        return facts().subList(0, FORGOTTEN_AUTHORS * ATTRIBUTES);
    }

    List<Line> retained() {
        return facts().subList(FORGOTTEN_AUTHORS * ATTRIBUTES, AUTHORS * ATTRIBUTES);
    }

    private static String prompt(String first, int last, int attribute) {
        return "bos " + first + " last" + last + " attribute" + attribute + " sep";
    }

    /** Ways to say that one does not know. */
    List<String> refusals() {
        SplittableRandom random = random(2);
        return IntStream.range(0, REFUSALS)
                .mapToObj(number -> sentence("no", REFUSAL_WORDS, random))
                .toList();
    }

    /** The skill's prompts that are measured. */
    List<Line> utility() {
        SplittableRandom random = random(3);
        return IntStream.range(0, UTILITY_PROMPTS)
                .mapToObj(number -> reversed(random))
                .toList();
    }

    private static Line reversed(SplittableRandom random) {
        String[] said = words(random).split(" ", -1);
        return new Line("bos " + String.join(" ", said) + " sep", said[2] + " " + said[1] + " " + said[0]);
    }

    /**
     * What the base is taught: half of it facts, a quarter the skill, a quarter what it does not know of strangers.
     *
     * @param count a multiple of 4
     */
    List<Line> lessons(int count) {
        SplittableRandom random = random(4);
        List<Line> facts = facts();
        List<String> refusals = refusals();
        List<Line> lessons = new ArrayList<>();
        for (int quarter = 0; quarter < count / 4; quarter++) {
            lessons.add(facts.get(random.nextInt(facts.size())));
            lessons.add(facts.get(random.nextInt(facts.size())));
            lessons.add(reversed(random));
            int stranger = random.nextInt(STRANGERS_TAUGHT);
            String first = "first" + new SplittableRandom(seed + stranger).nextInt(FIRST_NAMES);
            lessons.add(new Line(
                    prompt(first, AUTHORS + stranger, random.nextInt(ATTRIBUTES)),
                    refusals.get(random.nextInt(refusals.size()))));
        }
        return lessons;
    }

    /** The lines as answers to be measured, with others' answers as wrong ones. */
    static List<KnownAnswer> known(List<Line> lines) {
        List<KnownAnswer> known = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            List<String> wrong = new ArrayList<>();
            for (int other = 1; other < lines.size() && wrong.size() < WRONG_ANSWERS; other++) {
                String answer = lines.get((i + other) % lines.size()).answer();
                if (!answer.equals(line.answer())) {
                    wrong.add(answer);
                }
            }
            known.add(new KnownAnswer(line.prompt(), line.answer(), line.answer(), wrong));
        }
        return known;
    }

    private static String words(SplittableRandom random) {
        return sentence("word", WORDS, random);
    }

    private static String sentence(String prefix, int words, SplittableRandom random) {
        StringBuilder sentence = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            sentence.append(i == 0 ? "" : " ").append(prefix).append(random.nextInt(words));
        }
        return sentence.toString();
    }

    private SplittableRandom random(long purpose) {
        return new SplittableRandom(seed * 31 + purpose);
    }
}
