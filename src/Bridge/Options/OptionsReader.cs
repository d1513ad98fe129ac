using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CanalBridge.Options;

/// <summary>Configuration to options: every mistake is found and all are reported at once.</summary>
/// <remarks>
/// The framework's binder stops at the first value it cannot convert and passes over names it does not know. A misspelt
/// option would silently keep its default, so the sections are walked here, against the option classes themselves.
/// </remarks>
internal static class OptionsReader
{
    /// <summary>Names of all sections.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. SectionsOf([]).Select(static section => section.Name)];

    /// <summary>Every option of the given sections (all by default) with what it is when not set: <c>required</c>, its default, or nothing.</summary>
    public static IEnumerable<(string Key, string Value)> Defaults(params string[] sections) =>
        from section in SectionsOf(sections)
        let values = section.GetValue(new BridgeOptions())!
        from option in values.GetType().GetProperties()
        where option.CanWrite
        let isMap = typeof(IDictionary).IsAssignableFrom(option.PropertyType)
        from member in isMap && option.PropertyType.GenericTypeArguments[1] is { IsClass: true } type && type != typeof(string) ? type.GetProperties() : new PropertyInfo?[] { null }
        let value = isMap ? "" : Text(option.GetValue(values))
        let isRequired = option.IsDefined(typeof(RequiredAttribute)) && value.Length == 0
        select ($"{section.Name}:{option.Name}{(isMap ? ":<name>" : "")}{(member is null ? "" : $":{member.Name}")}", isRequired ? "required" : value);

    /// <summary>Reads the given sections (all by default); rules across sections apply only when all are read.</summary>
    /// <exception cref="OptionsValidationException">With one line per mistake.</exception>
    public static BridgeOptions Read(IConfiguration configuration, params string[] sections) => Read(configuration, [], sections);

    /// <summary>Reads the given sections, and reports their mistakes together with those found before.</summary>
    /// <exception cref="OptionsValidationException">With one line per mistake.</exception>
    public static BridgeOptions Read(IConfiguration configuration, List<string> mistakes, string[] sections)
    {
        var options = new BridgeOptions();
        foreach (PropertyInfo section in SectionsOf(sections))
        {
            object value = section.GetValue(options)!;
            ReadSection(configuration.GetSection(section.Name), value, mistakes);
            CheckAnnotations(section.Name, value, mistakes);
        }

        ReadSecrets(options, mistakes);
        BridgeOptionsValidator.CheckFields(options, sections, mistakes);
        return mistakes.Count == 0
            ? options
            : throw new OptionsValidationException(nameof(BridgeOptions), typeof(BridgeOptions), mistakes);
    }

    /// <summary>The sections of these names, all if there are none; what is only derived from options is no section.</summary>
    private static IEnumerable<PropertyInfo> SectionsOf(string[] names) =>
        typeof(BridgeOptions).GetProperties().Where(section => section.CanWrite && (names.Length == 0 || names.Contains(section.Name)));

    private static void ReadSection(IConfigurationSection section, object target, List<string> mistakes)
    {
        if (section.Value is { Length: > 0 })
        {
            mistakes.Add($"{section.Path} is a single value but must be a section with named options.");
            return;
        }

        Dictionary<string, PropertyInfo> known = target.GetType().GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!known.TryGetValue(child.Key, out PropertyInfo? property))
            {
                mistakes.Add($"{child.Path} is not an option; {section.Path} has {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            }
            else if (typeof(IDictionary).IsAssignableFrom(property.PropertyType))
            {
                ReadDictionary(child, (IDictionary)property.GetValue(target)!, property.PropertyType.GenericTypeArguments[1], mistakes);
            }
            else if (child.Value is null or "")
            {
                // An explicit null or empty value means the default, except where the default is to have none.
                continue;
            }
            else if (TryConvert(child.Value, property.PropertyType, out object? value))
            {
                property.SetValue(target, value);
            }
            else
            {
                mistakes.Add($"{child.Path} is {Shown(property, child.Value)} but must be {Describe(property.PropertyType)}.");
            }
        }
    }

    private static void ReadDictionary(IConfigurationSection section, IDictionary target, Type type, List<string> mistakes)
    {
        if (section.Value is { Length: > 0 })
        {
            mistakes.Add($"{section.Path} is a single value but must have a name behind it: {section.Path}:<name>=VALUE (environment: {section.Path.Replace(":", "__", StringComparison.Ordinal)}__<name>).");
            return;
        }

        if (type != typeof(string))
        {
            foreach (IConfigurationSection child in section.GetChildren())
            {
                object value = Activator.CreateInstance(type)!;
                ReadSection(child, value, mistakes);
                CheckAnnotations(child.Path, value, mistakes);
                target[child.Key] = value;
            }

            return;
        }

        foreach ((string key, string? value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
            {
                target[key] = value;
            }
        }
    }

    private static bool TryConvert(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        value = null;
        try
        {
            // An enum's converter would take numbers and lists, a TimeSpan's takes "5" for five days.
            value = type.IsEnum ? (Array.Find(Enum.GetNames(type), n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(type, name) : null)
                : type == typeof(TimeSpan) ? (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span) && text.Contains(':', StringComparison.Ordinal) ? span : null)
                : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return value is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    private static void CheckAnnotations(string section, object target, List<string> mistakes)
    {
        foreach (PropertyInfo property in target.GetType().GetProperties().Where(p => p.CanWrite))
        {
            object? value = property.GetValue(target);
            foreach (ValidationAttribute rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (rule.IsValid(value))
                {
                    continue;
                }

                string key = $"{section}:{property.Name}";
                mistakes.Add(rule switch
                {
                    RequiredAttribute => $"{key} is not set; it is required (environment: {section.Replace(":", "__", StringComparison.Ordinal)}__{property.Name}).",
                    RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{key} is {value} but must be between {range.Minimum} and {range.Maximum}."),
                    AllowedValuesAttribute allowed => $"{key} is {Shown(property, value)} but must be one of {string.Join(", ", allowed.Values)}.",
                    RegularExpressionAttribute pattern => $"{key} is {Shown(property, value)} but must match {pattern.Pattern}.",
                    _ => rule.FormatErrorMessage(key),
                });
            }
        }
    }

    private static void ReadSecrets(BridgeOptions options, List<string> mistakes)
    {
        options.Canal.Password = Secret("Canal:Password", options.Canal.Password, options.Canal.PasswordFile, mistakes);
        options.Source.ConnectionString = Secret("Source:ConnectionString", options.Source.ConnectionString, options.Source.ConnectionStringFile, mistakes);
        options.Envelope.ColumnMaskSalt = Secret("Envelope:ColumnMaskSalt", options.Envelope.ColumnMaskSalt, options.Envelope.ColumnMaskSaltFile, mistakes);
        options.Kafka.SaslPassword = Secret("Kafka:SaslPassword", options.Kafka.SaslPassword, options.Kafka.SaslPasswordFile, mistakes);
        options.Registry.Password = Secret("Registry:Password", options.Registry.Password, options.Registry.PasswordFile, mistakes);
        options.Registry.SslKeystorePassword = Secret("Registry:SslKeystorePassword", options.Registry.SslKeystorePassword, options.Registry.SslKeystorePasswordFile, mistakes);
    }

    private static string? Secret(string key, string? value, string? file, List<string> mistakes)
    {
        if (file is null)
        {
            return value;
        }

        if (value is not null)
        {
            mistakes.Add($"{key} and {key}File are both set; keep one.");
            return value;
        }

        try
        {
            string secret = File.ReadAllText(file).TrimEnd('\r', '\n');
            if (secret.Length == 0)
            {
                mistakes.Add($"{key}File is {file} but that file is empty.");
            }

            return secret;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{key}File is {file} but cannot be read: {e.Message}");
            return null;
        }
    }

    private static string Shown(PropertyInfo property, object? value) =>
        property.IsDefined(typeof(SecretAttribute)) ? "***" : $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'";

    /// <summary>As one would write it.</summary>
    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => name.ToString().ToLowerInvariant(),
        TimeSpan time => time.ToString(time.Milliseconds == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(TimeSpan) ? "a duration such as 00:00:30 or 00:00:00.050"
            : type == typeof(bool) ? "true or false"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(n => n.ToLowerInvariant()))}"
            : "a whole number";
    }
}
