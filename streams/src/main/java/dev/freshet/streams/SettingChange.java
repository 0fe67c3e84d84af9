package dev.freshet.streams;

/** A setting by its key, before and after. */
public record SettingChange(String key, String fromValue, String toValue) {}
