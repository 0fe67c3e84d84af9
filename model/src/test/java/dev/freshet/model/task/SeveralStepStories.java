package dev.freshet.model.task;

import dev.freshet.model.task.WordProblems.WordProblem;
import java.util.List;
import java.util.function.Function;

/** Stories that take two to four steps. */
final class SeveralStepStories {
    static final List<Function<StoryDraw, WordProblem>> ALL = List.of(
            SeveralStepStories::half,
            SeveralStepStories::shopping,
            SeveralStepStories::wage,
            SeveralStepStories::bus,
            SeveralStepStories::boxes,
            SeveralStepStories::savings,
            SeveralStepStories::tickets,
            SeveralStepStories::journey,
            SeveralStepStories::ages,
            SeveralStepStories::fence,
            SeveralStepStories::percent,
            SeveralStepStories::average);

    private SeveralStepStories() {}

    private static WordProblem half(StoryDraw draw) {
        String name = draw.name();
        String things = draw.one(List.of("clips", "cakes", "bracelets", "candles", "posters"));
        int april = 2 * draw.between(4, 60);
        WorkedAnswer answer = new WorkedAnswer();
        int may = answer.step(name + " sold %s " + things + " in May.", april, '/', 2);
        answer.step("In both months that makes %s " + things + ".", april, '+', may);
        return new WordProblem(
                name + " sold " + april + " " + things + " in April, and half as many in May. How many " + things
                        + " did " + name + " sell in April and May?",
                answer);
    }

    private static WordProblem shopping(StoryDraw draw) {
        String name = draw.name();
        int pies = draw.between(3, 12);
        int pie = draw.between(2, 6);
        int melons = draw.between(2, 6);
        int melon = draw.between(3, 9);
        WorkedAnswer answer = new WorkedAnswer();
        int forPies = answer.step("The pies cost %s dollars.", pies, '*', pie);
        int forMelons = answer.step("The melons cost %s dollars.", melons, '*', melon);
        answer.step("In all that is %s dollars.", forPies, '+', forMelons);
        return new WordProblem(
                name + " buys " + pies + " pies at $" + pie + " each and " + melons + " melons at $" + melon
                        + " each. How many dollars does " + name + " spend?",
                answer);
    }

    private static WordProblem wage(StoryDraw draw) {
        String name = draw.name();
        int wage = draw.between(9, 30);
        int hours = draw.between(3, 8);
        int days = draw.between(2, 6);
        WorkedAnswer answer = new WorkedAnswer();
        int week = answer.step(name + " works %s hours a week.", hours, '*', days);
        answer.step("That earns %s dollars a week.", week, '*', wage);
        return new WordProblem(
                name + " earns $" + wage + " an hour and works " + hours + " hours a day on " + days
                        + " days a week. How many dollars does " + name + " earn in a week?",
                answer);
    }

    private static WordProblem bus(StoryDraw draw) {
        int start = draw.between(15, 50);
        int off = draw.between(3, 14);
        int on = draw.between(2, 20);
        WorkedAnswer answer = new WorkedAnswer();
        int fewer = answer.step("After some get off, %s people are on the bus.", start, '-', off);
        answer.step("After others get on, there are %s.", fewer, '+', on);
        return new WordProblem(
                "There are " + start + " people on a bus. At the next stop " + off + " get off and " + on
                        + " get on. How many people are on the bus now?",
                answer);
    }

    private static WordProblem boxes(StoryDraw draw) {
        String name = draw.name();
        int each = draw.between(4, 12);
        int boxes = draw.between(3, 12);
        int broken = draw.between(2, 10);
        WorkedAnswer answer = new WorkedAnswer();
        int all = answer.step("There were %s cups.", boxes, '*', each);
        answer.step("Of these, %s are whole.", all, '-', broken);
        return new WordProblem(
                name + " ordered " + boxes + " boxes with " + each + " cups in each. " + broken
                        + " of the cups arrived broken. How many cups are whole?",
                answer);
    }

    private static WordProblem savings(StoryDraw draw) {
        String name = draw.name();
        int weekly = draw.between(4, 15);
        int weeks = draw.between(4, 20);
        int saved = draw.between(10, 60);
        int price = saved + weekly * weeks;
        WorkedAnswer answer = new WorkedAnswer();
        int missing = answer.step(name + " still needs %s dollars.", price, '-', saved);
        answer.step("That takes %s weeks.", missing, '/', weekly);
        return new WordProblem(
                name + " wants a bicycle that costs $" + price + " and has $" + saved + ". " + name + " saves $"
                        + weekly + " a week. After how many weeks can " + name + " buy the bicycle?",
                answer);
    }

    private static WordProblem tickets(StoryDraw draw) {
        int adults = draw.between(2, 6);
        int children = draw.between(2, 9);
        int adult = draw.between(8, 20);
        int child = draw.between(3, 7);
        int voucher = draw.between(5, 15);
        WorkedAnswer answer = new WorkedAnswer();
        int forAdults = answer.step("The adults' tickets cost %s dollars.", adults, '*', adult);
        int forChildren = answer.step("The children's tickets cost %s dollars.", children, '*', child);
        int all = answer.step("All tickets cost %s dollars.", forAdults, '+', forChildren);
        answer.step("With the voucher that is %s dollars.", all, '-', voucher);
        return new WordProblem(
                "Museum tickets cost $" + adult + " for an adult and $" + child + " for a child. A group of " + adults
                        + " adults and " + children + " children has a voucher for $" + voucher
                        + ". How many dollars does the group pay?",
                answer);
    }

    private static WordProblem journey(StoryDraw draw) {
        String name = draw.name();
        int slow = draw.between(3, 6);
        int slowHours = draw.between(2, 5);
        int fast = draw.between(10, 25);
        int fastHours = draw.between(2, 6);
        WorkedAnswer answer = new WorkedAnswer();
        int walked = answer.step(name + " walks %s km.", slow, '*', slowHours);
        int cycled = answer.step(name + " cycles %s km.", fast, '*', fastHours);
        answer.step("In all that is %s km.", walked, '+', cycled);
        return new WordProblem(
                name + " walks for " + slowHours + " hours at " + slow + " km an hour, then cycles for " + fastHours
                        + " hours at " + fast + " km an hour. How many kilometres does " + name + " travel?",
                answer);
    }

    private static WordProblem ages(StoryDraw draw) {
        String first = draw.name();
        String second = draw.nameBut(first);
        int younger = draw.between(4, 15);
        int times = draw.between(2, 4);
        int years = draw.between(2, 12);
        WorkedAnswer answer = new WorkedAnswer();
        int older = answer.step(second + " is %s years old.", younger, '*', times);
        answer.step("In " + years + " years " + second + " will be %s.", older, '+', years);
        return new WordProblem(
                first + " is " + younger + " years old. " + second + " is " + times + " times as old. How old will "
                        + second + " be in " + years + " years?",
                answer);
    }

    private static WordProblem fence(StoryDraw draw) {
        int width = draw.between(5, 40);
        int length = draw.between(5, 60);
        int price = draw.between(2, 9);
        WorkedAnswer answer = new WorkedAnswer();
        int sides = answer.step("Two neighbouring sides measure %s m.", width, '+', length);
        int round = answer.step("The whole fence measures %s m.", sides, '*', 2);
        answer.step("It costs %s dollars.", round, '*', price);
        return new WordProblem(
                "A rectangular field is " + width + " m wide and " + length + " m long. A fence costs $" + price
                        + " a metre. How many dollars does a fence around the field cost?",
                answer);
    }

    private static WordProblem percent(StoryDraw draw) {
        String thing = draw.one(List.of("coat", "table", "camera", "tent", "clock"));
        int hundreds = draw.between(1, 12);
        int percent = 5 * draw.between(1, 12);
        int price = 100 * hundreds;
        WorkedAnswer answer = new WorkedAnswer();
        int one = answer.step("One per cent of the price is %s dollars.", price, '/', 100);
        int off = answer.step("The price falls by %s dollars.", one, '*', percent);
        answer.step("The " + thing + " now costs %s dollars.", price, '-', off);
        return new WordProblem(
                "A " + thing + " costs $" + price + ". In a sale it is " + percent
                        + "% cheaper. How many dollars does it cost now?",
                answer);
    }

    private static WordProblem average(StoryDraw draw) {
        String name = draw.name();
        int average = draw.between(20, 60);
        int first = draw.between(10, 40);
        int second = draw.between(10, 2 * average - 30);
        int third = 3 * average - first - second;
        WorkedAnswer answer = new WorkedAnswer();
        int two = answer.step("The first two days make %s.", first, '+', second);
        int all = answer.step("All three make %s.", two, '+', third);
        answer.step("On average that is %s birds a day.", all, '/', 3);
        return new WordProblem(
                name + " counted " + first + " birds on Friday, " + second + " on Saturday and " + third
                        + " on Sunday. How many birds a day is that on average?",
                answer);
    }
}
