package dev.freshet.ops.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds settings against the reference. Every key below {@code freshet} must stand there, and its value must be of the kind
 * that stands there: a number written with a point or an exponent wants any number, another a whole one.
 */
final class SettingsCheck {
    private static final String ROOT = "freshet";
    private static final Pattern WITH_A_POINT = Pattern.compile("[.eE]");
    private static final Set<String> TRUTH_VALUES = Set.of("true", "false", "yes", "no", "on", "off");

    private final ConfigObject reference;
    private final List<String> knownKeys;

    SettingsCheck(Config reference) {
        this.reference = reference.root();
        this.knownKeys = leaves("", reference.root(), new ArrayList<>()).stream()
                .filter(key -> key.startsWith(ROOT + "."))
                .sorted()
                .toList();
    }

    /** @throws IllegalArgumentException naming the key, its place and the nearest key that exists */
    void requireKnown(ConfigObject settings) {
        settings.forEach((name, value) -> {
            if (!reference.containsKey(name)) {
                throw unknown(name, value);
            }
            if (name.equals(ROOT)) {
                requireKnown(ROOT, value, reference.get(name));
            }
        });
    }

    /** @throws IllegalArgumentException naming the value, the kind that it should have, its key and its place */
    void requireTypes(ConfigObject resolved) {
        requireTypes(ROOT, resolved.get(ROOT), reference.get(ROOT));
    }

    private void requireKnown(String path, ConfigValue given, ConfigValue known) {
        if (!(given instanceof ConfigObject givenObject) || !(known instanceof ConfigObject knownObject)) {
            return;
        }
        // An empty object in the reference is an open map: its keys are the user's.
        if (knownObject.isEmpty()) {
            return;
        }
        givenObject.forEach((name, value) -> {
            String key = join(path, name);
            if (!knownObject.containsKey(name)) {
                throw unknown(key, value);
            }
            requireKnown(key, value, knownObject.get(name));
        });
    }

    /** Names the first single setting below an unknown group, since that is what the user wrote. */
    private IllegalArgumentException unknown(String key, ConfigValue value) {
        if (value instanceof ConfigObject group && !group.isEmpty()) {
            Map.Entry<String, ConfigValue> first = group.entrySet().iterator().next();
            return unknown(join(key, first.getKey()), first.getValue());
        }
        String remedy = elsewhere(key)
                .or(() -> NearestName.to(key, knownKeys))
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("the keys that exist are documented in reference.conf");
        return new IllegalArgumentException(
                SettingsLoader.place(value.origin()) + ": there is no setting " + key + "; " + remedy);
    }

    /** A key of the same last name in another group. */
    private Optional<String> elsewhere(String key) {
        String lastName = "." + key.substring(key.lastIndexOf('.') + 1);
        return knownKeys.stream().filter(known -> known.endsWith(lastName)).findFirst();
    }

    private static void requireTypes(String path, @Nullable ConfigValue given, @Nullable ConfigValue known) {
        if (given == null || known == null) {
            return;
        }
        if (known instanceof ConfigObject knownObject && given instanceof ConfigObject givenObject) {
            knownObject.forEach((name, value) -> requireTypes(join(path, name), givenObject.get(name), value));
            return;
        }
        String wanted = mismatch(given, known);
        if (!wanted.isEmpty()) {
            throw new IllegalArgumentException(SettingsLoader.place(given.origin()) + ": " + path + " must be " + wanted
                    + ", was " + given.unwrapped());
        }
    }

    /** What {@code given} should have been, or nothing if it will do. Numbers and truth values may stand in quotes. */
    private static String mismatch(ConfigValue given, ConfigValue known) {
        boolean scalar = given.valueType() != ConfigValueType.OBJECT && given.valueType() != ConfigValueType.LIST;
        String text = String.valueOf(given.unwrapped());
        return switch (known.valueType()) {
            case OBJECT -> "a group of settings in braces";
            case LIST -> given.valueType() == ConfigValueType.LIST ? "" : "a list in brackets";
            case NUMBER -> {
                // By what is written: the value of 1.0 is a whole number.
                boolean whole = !WITH_A_POINT
                        .matcher(known.atKey("text").getString("text"))
                        .find();
                yield scalar && isNumber(text, whole) ? "" : whole ? "a whole number" : "a number";
            }
            case BOOLEAN -> scalar && TRUTH_VALUES.contains(text) ? "" : "true or false";
            case STRING -> scalar && given.valueType() != ConfigValueType.NULL ? "" : "a single value";
            case NULL -> "";
        };
    }

    private static boolean isNumber(String text, boolean whole) {
        try {
            BigDecimal number = new BigDecimal(text);
            return !whole || number.stripTrailingZeros().scale() <= 0;
        } catch (NumberFormatException | ArithmeticException notANumber) {
            return false;
        }
    }

    private static List<String> leaves(String path, ConfigObject object, List<String> found) {
        object.forEach((name, value) -> {
            String key = join(path, name);
            if (value instanceof ConfigObject inner && !inner.isEmpty()) {
                leaves(key, inner, found);
                return;
            }
            found.add(key);
        });
        return found;
    }

    private static String join(String path, String name) {
        String quoted = ConfigUtil.joinPath(name);
        return path.isEmpty() ? quoted : path + "." + quoted;
    }
}
