package dev.freshet.model.task;

import dev.freshet.model.task.KeyedRandom.Purpose;
import java.util.List;

/** Names, things and numbers for one story. */
final class StoryDraw {
    private static final List<String> NAMES = List.of(
            "Ada", "Ben", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Mei",
            "Noor", "Olga", "Pedro", "Quinn", "Rosa", "Samir", "Tara", "Uma", "Victor", "Wanda", "Yusuf", "Zoe");

    private final KeyedRandom random;

    StoryDraw(long seed, int number) {
        this.random = KeyedRandom.at(seed, Purpose.DEMONSTRATION, number);
    }

    /** A number from least to most, both included. */
    int between(int least, int most) {
        return least + random.below(most - least + 1);
    }

    String name() {
        return one(NAMES);
    }

    /** A name that is not the given one. */
    String nameBut(String other) {
        String name = one(NAMES);
        return name.equals(other) ? NAMES.get((NAMES.indexOf(other) + 1) % NAMES.size()) : name;
    }

    String one(List<String> words) {
        return words.get(random.below(words.size()));
    }
}
