package dev.freshet.model.task;

import dev.freshet.model.task.WordProblems.WordProblem;
import java.util.List;
import java.util.function.Function;

/** Stories that one sum, difference, product or quotient answers. */
final class OneStepStories {
    static final List<Function<StoryDraw, WordProblem>> ALL = List.of(
            OneStepStories::together,
            OneStepStories::left,
            OneStepStories::more,
            OneStepStories::rows,
            OneStepStories::shared,
            OneStepStories::minutes,
            OneStepStories::dozens,
            OneStepStories::change);

    private static final List<String> THINGS =
            List.of("marbles", "stickers", "shells", "postcards", "coins", "beads", "buttons", "stamps");

    private OneStepStories() {}

    private static WordProblem together(StoryDraw draw) {
        String first = draw.name();
        String second = draw.nameBut(first);
        String things = draw.one(THINGS);
        int one = draw.between(3, 95);
        int other = draw.between(3, 95);
        WorkedAnswer answer = new WorkedAnswer();
        answer.step("Together they have %s " + things + ".", one, '+', other);
        return new WordProblem(
                first + " has " + one + " " + things + " and " + second + " has " + other + " " + things + ". How many "
                        + things + " do they have together?",
                answer);
    }

    private static WordProblem left(StoryDraw draw) {
        String name = draw.name();
        String things = draw.one(THINGS);
        int had = draw.between(20, 99);
        int gave = draw.between(3, had - 2);
        WorkedAnswer answer = new WorkedAnswer();
        answer.step(name + " has %s " + things + " left.", had, '-', gave);
        return new WordProblem(
                name + " had " + had + " " + things + " and gave " + gave + " of them away. How many " + things
                        + " does " + name + " have left?",
                answer);
    }

    private static WordProblem more(StoryDraw draw) {
        String first = draw.name();
        String second = draw.nameBut(first);
        int pages = draw.between(12, 80);
        int further = draw.between(5, 40);
        WorkedAnswer answer = new WorkedAnswer();
        answer.step(second + " read %s pages.", pages, '+', further);
        return new WordProblem(
                first + " read " + pages + " pages of a book today. " + second + " read " + further
                        + " pages more than " + first + ". How many pages did " + second + " read?",
                answer);
    }

    private static WordProblem rows(StoryDraw draw) {
        int rows = draw.between(3, 15);
        int each = draw.between(4, 20);
        String plants = draw.one(List.of("apple trees", "cabbages", "tulips", "vines", "tomato plants"));
        WorkedAnswer answer = new WorkedAnswer();
        answer.step("There are %s " + plants + ".", rows, '*', each);
        return new WordProblem(
                "A garden has " + rows + " rows with " + each + " " + plants + " in each row. How many " + plants
                        + " are there in all?",
                answer);
    }

    private static WordProblem shared(StoryDraw draw) {
        String name = draw.name();
        int children = draw.between(3, 12);
        int each = draw.between(3, 15);
        int cookies = children * each;
        WorkedAnswer answer = new WorkedAnswer();
        answer.step("Each child gets %s cookies.", cookies, '/', children);
        return new WordProblem(
                name + " shares " + cookies + " cookies equally among " + children
                        + " children. How many cookies does each child get?",
                answer);
    }

    private static WordProblem minutes(StoryDraw draw) {
        String name = draw.name();
        int hours = draw.between(2, 12);
        String work = draw.one(List.of("painted a fence", "practised the violin", "hiked", "sorted books", "baked"));
        WorkedAnswer answer = new WorkedAnswer();
        answer.step("An hour has 60 minutes, so that is %s minutes.", hours, '*', 60);
        return new WordProblem(name + " " + work + " for " + hours + " hours. For how many minutes is that?", answer);
    }

    private static WordProblem dozens(StoryDraw draw) {
        String name = draw.name();
        int dozens = draw.between(2, 15);
        WorkedAnswer answer = new WorkedAnswer();
        answer.step("A dozen is 12, so " + name + " bought %s eggs.", dozens, '*', 12);
        return new WordProblem(name + " bought " + dozens + " dozen eggs. How many eggs did " + name + " buy?", answer);
    }

    private static WordProblem change(StoryDraw draw) {
        String name = draw.name();
        int price = draw.between(3, 48);
        String thing = draw.one(List.of("scarf", "lamp", "kite", "board game", "teapot"));
        WorkedAnswer answer = new WorkedAnswer();
        answer.step(name + " gets back %s dollars.", 50, '-', price);
        return new WordProblem(
                name + " pays for a " + thing + " that costs $" + price + " with a $50 note. How many dollars does "
                        + name + " get back?",
                answer);
    }
}
