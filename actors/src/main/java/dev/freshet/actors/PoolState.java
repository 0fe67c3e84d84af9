package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which generators a {@link GeneratorPool} has, and what each has in hand. Immutable.
 *
 * @param members by name, in the order in which they were spawned
 * @param attempts by number; an abandoned one still occupies its generator, until that answers or stops
 * @param halted whether the generators are halted, and the deadlines with them
 */
record PoolState(Map<String, Member> members, Map<Long, Attempt> attempts, long nextNumber, boolean halted) {
    /**
     * A generator.
     *
     * @param ready whether its engine is open
     * @param failure why the engine before was given up, until the next is open
     */
    record Member(String name, ActorRef<Generator.Command> generator, boolean ready, Optional<String> failure) {
        static Member opening(String name, ActorRef<Generator.Command> generator) {
            return new Member(name, generator, false, Optional.empty());
        }

        Member opened() {
            return new Member(name, generator, true, Optional.empty());
        }

        Member failed(String why) {
            return new Member(name, generator, false, Optional.of(why));
        }
    }

    /**
     * One generator asked for one group.
     *
     * @param tried the generators that this group was given to, one entry an attempt, this one's generator last
     */
    record Attempt(long number, GeneratorPool.Generate request, List<String> tried, boolean abandoned) {
        Attempt {
            tried = List.copyOf(tried);
        }

        String generator() {
            return tried.get(tried.size() - 1);
        }
    }

    static PoolState of(List<Member> members) {
        Map<String, Member> byName = new LinkedHashMap<>();
        members.forEach(member -> byName.put(member.name(), member));
        return new PoolState(byName, Map.of(), 0, false);
    }

    /** One with an open engine before one without, an untried before a tried, then the least busy; empty without any. */
    Optional<Member> choose(List<String> tried) {
        return members.values().stream()
                .min(Comparator.comparing((Member member) -> !member.ready())
                        .thenComparing(member -> tried.contains(member.name()))
                        .thenComparing(member -> attemptsOf(member.name()).size()));
    }

    List<Attempt> attemptsOf(String generator) {
        return attempts.values().stream()
                .filter(attempt -> attempt.generator().equals(generator))
                .toList();
    }

    PoolState with(Attempt attempt) {
        Map<Long, Attempt> changed = new LinkedHashMap<>(attempts);
        changed.put(attempt.number(), attempt);
        return new PoolState(members, changed, Math.max(nextNumber, attempt.number() + 1), halted);
    }

    PoolState without(Attempt attempt) {
        Map<Long, Attempt> changed = new LinkedHashMap<>(attempts);
        changed.remove(attempt.number());
        return new PoolState(members, changed, nextNumber, halted);
    }

    PoolState with(Member member) {
        Map<String, Member> changed = new LinkedHashMap<>(members);
        changed.put(member.name(), member);
        return new PoolState(changed, attempts, nextNumber, halted);
    }

    /** Without the generator and all that it had in hand. */
    PoolState without(String generator) {
        Map<String, Member> changed = new LinkedHashMap<>(members);
        changed.remove(generator);
        Map<Long, Attempt> rest = new LinkedHashMap<>(attempts);
        rest.values().removeIf(attempt -> attempt.generator().equals(generator));
        return new PoolState(changed, rest, nextNumber, halted);
    }

    PoolState withHalted(boolean now) {
        return new PoolState(members, attempts, nextNumber, now);
    }
}
