package dev.freshet.ops.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes the settings of a run: the defaults of every {@code reference.conf}, over them a settings file, over it single
 * settings. Whatever is wrong with them is an {@link IllegalArgumentException} of one line, with the place.
 */
public final class SettingsLoader {
    /** What HOCON reads as a number, a truth value or a structure; anything else is taken as the text that it is. */
    private static final Pattern STRUCTURED =
            Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|[\\[{\"].*", Pattern.DOTALL);

    private final Config reference;
    private final SettingsCheck check;

    public SettingsLoader() {
        this(ConfigFactory.defaultReference());
    }

    SettingsLoader(Config reference) {
        this.reference = reference;
        this.check = new SettingsCheck(reference);
    }

    /** The defaults, with single settings over them, each {@code key=value}. */
    public Config defaults(List<String> overrides) {
        return resolved(ConfigFactory.empty(), overrides);
    }

    /** The defaults, with a settings file and then single settings over them, each {@code key=value}. */
    public Config load(Path file, List<String> overrides) {
        return resolved(parse(file), overrides);
    }

    /**
     * Resolved settings with others over them, which are single values, held against the reference as those of a file are.
     *
     * @param texts by key
     */
    public Config with(Config settings, Map<String, String> texts) {
        try {
            Config changed = settings;
            for (Map.Entry<String, String> text : texts.entrySet()) {
                // Never parsed as HOCON, which could include files.
                Config single = ConfigValueFactory.fromAnyRef(text.getValue(), "set at run time")
                        .atPath(text.getKey());
                check.requireKnown(single.root());
                changed = single.withFallback(changed);
            }
            check.requireTypes(changed.root());
            return changed;
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException(describe(malformed), malformed);
        }
    }

    private Config resolved(Config file, List<String> overrides) {
        try {
            Config settings = file.resolveWith(file.withFallback(reference).resolve());
            check.requireKnown(settings.root());
            for (String override : overrides) {
                Config single = single(override);
                check.requireKnown(single.root());
                settings = single.withFallback(settings);
            }
            Config all = settings.withFallback(reference).resolve();
            check.requireTypes(all.root());
            return all;
        } catch (ConfigException unresolved) {
            throw new IllegalArgumentException(describe(unresolved), unresolved);
        }
    }

    private static Config parse(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "settings file " + file + " does not exist; name one that does (--config)");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(
                    "settings file " + file + " is not a readable file; name one that is (--config)");
        }
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException(describe(malformed), malformed);
        }
    }

    private static Config single(String override) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(
                    "a single setting must be key=value, as in freshet.train.steps=100, was " + override + " (--set)");
        }
        String key = override.substring(0, equals).strip();
        String value = override.substring(equals + 1).strip();
        String origin = "--set " + override;
        try {
            if (STRUCTURED.matcher(value).matches()) {
                return ConfigFactory.parseString(
                        key + " = " + value, ConfigParseOptions.defaults().setOriginDescription(origin));
            }
            ConfigUtil.splitPath(key);
            return ConfigValueFactory.fromAnyRef(value, origin).atPath(key);
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException(
                    "cannot read the setting " + override + ": " + describe(malformed) + " (--set)", malformed);
        }
    }

    /** The library's message, its place moved to the front as file:line where it knows one. */
    public static String describe(ConfigException exception) {
        String message =
                String.valueOf(exception.getMessage()).lines().findFirst().orElse("");
        ConfigOrigin origin = exception.origin();
        if (origin == null) {
            return message;
        }
        String prefix = origin.description() + ": ";
        String bare = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        return place(origin) + ": " + bare;
    }

    /** {@code file:line} for a value from a file; the single setting itself for one that was given so. */
    static String place(ConfigOrigin origin) {
        String file = origin.filename();
        int line = origin.lineNumber();
        if (file != null) {
            return line > 0 ? file + ":" + line : file;
        }
        String description = origin.description();
        String suffix = ": " + line;
        return description.endsWith(suffix)
                ? description.substring(0, description.length() - suffix.length())
                : description;
    }
}
