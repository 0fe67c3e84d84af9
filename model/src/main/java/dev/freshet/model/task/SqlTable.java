package dev.freshet.model.task;

import dev.freshet.model.task.KeyedRandom.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table of goods, {@code items(name, kind, price, stock)}, made up from a seed. */
record SqlTable(List<Item> items) {
    static final List<String> KINDS = List.of("toys", "books", "lamps", "tools");

    /** What price and stock are below. */
    private static final int BELOW = 100;

    SqlTable {
        items = List.copyOf(items);
    }

    record Item(String name, String kind, int price, int stock) {}

    static SqlTable of(int rows, long seed) {
        List<Item> items = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            KeyedRandom random = KeyedRandom.at(seed, Purpose.LANGUAGE, row);
            items.add(new Item(
                    "item" + row, KINDS.get(random.below(KINDS.size())), random.below(BELOW), random.below(BELOW)));
        }
        return new SqlTable(items);
    }

    /** The statements that make it. */
    List<String> statements() {
        String values = items.stream()
                .map(item -> "('" + item.name() + "','" + item.kind() + "'," + item.price() + "," + item.stock() + ")")
                .collect(Collectors.joining(","));
        return List.of(
                "create table items(name text primary key, kind text, price integer, stock integer)",
                "insert into items values " + values);
    }
}
