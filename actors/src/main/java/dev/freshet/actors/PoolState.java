package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which generators a {@link GeneratorPool} has, and what each has in hand. Changes in place: that actor alone holds it. */
final class PoolState {
    /** A generator. */
    static final class Member {
        private final String name;
        private final ActorRef<Generator.Command> generator;
        private boolean ready;
        private Optional<String> failure = Optional.empty();
        private int inHand;
        private int silentDeadlines;
        private long countedUpTo;

        Member(String name, ActorRef<Generator.Command> generator) {
            this.name = name;
            this.generator = generator;
        }

        String name() {
            return name;
        }

        ActorRef<Generator.Command> generator() {
            return generator;
        }

        /** Its engine is open. Answers why the one before was given up, if there was one. */
        Optional<String> opened() {
            Optional<String> before = failure;
            ready = true;
            failure = Optional.empty();
            silentDeadlines = 0;
            return before;
        }

        void failed(String why) {
            ready = false;
            failure = Optional.of(why);
        }
    }

    /**
     * One generator asked for one group.
     *
     * @param tried the generators that this group was given to, one entry an attempt, this one's generator last
     * @param abandoned its group was given to another, but it still occupies its generator, until that answers or stops
     */
    record Attempt(
            long number, GeneratorPool.Generate request, List<String> tried, Member generator, boolean abandoned) {
        Attempt {
            tried = List.copyOf(tried);
        }
    }

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<Long, Attempt> attempts = new LinkedHashMap<>();
    private long nextNumber;
    private boolean halted;

    PoolState(List<Member> members) {
        members.forEach(member -> this.members.put(member.name, member));
    }

    /** In the order in which they were spawned. */
    Collection<Member> members() {
        return members.values();
    }

    Optional<Member> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    Collection<Attempt> attempts() {
        return attempts.values();
    }

    Optional<Attempt> attempt(long number) {
        return Optional.ofNullable(attempts.get(number));
    }

    /** Whether the generators are halted, and the deadlines with them. */
    boolean isHalted() {
        return halted;
    }

    void halt() {
        halted = true;
    }

    void resume() {
        halted = false;
    }

    /** One with an open engine before one without, an untried before a tried, then the least busy; empty without any. */
    Optional<Member> choose(List<String> tried) {
        return members.values().stream()
                .min(Comparator.comparing((Member member) -> !member.ready)
                        .thenComparing(member -> tried.contains(member.name))
                        .thenComparing(member -> member.inHand));
    }

    Attempt begin(GeneratorPool.Generate request, List<String> triedBefore, Member member) {
        List<String> tried = new ArrayList<>(triedBefore);
        tried.add(member.name);
        Attempt attempt = new Attempt(nextNumber++, request, tried, member, false);
        attempts.put(attempt.number, attempt);
        member.inHand++;
        return attempt;
    }

    /** Its generator has answered. Empty if that was given up before. */
    Optional<Attempt> end(long number) {
        Optional<Attempt> ended = Optional.ofNullable(attempts.remove(number));
        ended.ifPresent(attempt -> {
            attempt.generator.inHand--;
            attempt.generator.silentDeadlines = 0;
        });
        return ended;
    }

    /** Answers what all had in hand, and expects no answers to it. */
    List<Attempt> endAll() {
        List<Attempt> all = List.copyOf(attempts.values());
        attempts.clear();
        members.values().forEach(member -> member.inHand = 0);
        return all;
    }

    void abandon(Attempt late) {
        attempts.put(late.number, new Attempt(late.number, late.request, late.tried, late.generator, true));
    }

    /**
     * A deadline has passed. Answers how many have in a row without any answer from that generator: what it was given before a
     * deadline that was counted is late together with it, and counts no further.
     */
    int silentDeadlines(Attempt late) {
        Member member = late.generator;
        if (late.number >= member.countedUpTo) {
            member.silentDeadlines++;
            member.countedUpTo = nextNumber;
        }
        return member.silentDeadlines;
    }

    /** Answers what it had in hand. */
    List<Attempt> leaveOut(Member member) {
        members.remove(member.name);
        List<Attempt> lost = attempts.values().stream()
                .filter(attempt -> attempt.generator == member)
                .toList();
        lost.forEach(attempt -> attempts.remove(attempt.number));
        return lost;
    }
}
