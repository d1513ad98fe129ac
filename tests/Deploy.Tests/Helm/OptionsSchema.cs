using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using CanalBridge.Options;

namespace CanalBridge.DeployTests.Helm;

/// <summary>The JSON schema of the value <c>config</c>, as the options classes have it.</summary>
internal static class OptionsSchema
{
    public static IEnumerable<PropertyInfo> Sections { get; } = [.. typeof(BridgeOptions).GetProperties().Where(static section => section.CanWrite)];

    /// <summary>The options of a section that are values of the chart: all but the secrets themselves.</summary>
    public static IEnumerable<PropertyInfo> OptionsOf(PropertyInfo section) => Settable(section.PropertyType).Where(static option => !option.IsDefined(typeof(SecretAttribute)));

    public static string ValueName(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    public static JsonObject Create() => Closed(Sections.Select(static section => (ValueName(section), Closed(
        OptionsOf(section).Select(static option => (ValueName(option), Create(option))), WithoutNull(section)))), Sections.Select(ValueName));

    public static (TimeSpan Least, TimeSpan Most)? DurationOf(PropertyInfo option) =>
        (Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType) == typeof(TimeSpan) && option.GetCustomAttribute<RangeAttribute>() is { } range
            ? (Time(range.Minimum), Time(range.Maximum)) : null;

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(static option => option.CanWrite);

    /// <summary>What the chart itself gives a value other than null: maps, and what it sets otherwise than the program.</summary>
    private static IEnumerable<string> WithoutNull(PropertyInfo section) => OptionsOf(section)
        .Where(static option => IsMap(option) || (option.DeclaringType == typeof(HttpOptions) && option.Name != nameof(HttpOptions.LivenessTimeout))).Select(ValueName);

    private static bool IsMap(PropertyInfo option) => typeof(IDictionary).IsAssignableFrom(option.PropertyType);

    private static JsonObject Create(PropertyInfo option)
    {
        if (IsMap(option))
        {
            Type element = option.PropertyType.GenericTypeArguments[1];
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = element == typeof(string) ? new JsonObject { ["type"] = Types("string", "integer", "boolean") } : Element(element) };
        }

        Type type = Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;
        var schema = new JsonObject();
        if (type.IsEnum)
        {
            schema["enum"] = new JsonArray([.. Enum.GetNames(type).Select(static name => (JsonNode)name.ToLowerInvariant()), null]);
            return schema;
        }

        if (option.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
        {
            schema["enum"] = new JsonArray([.. allowed.Values.Select(static value => (JsonNode)(string)value!), null]);
            return schema;
        }

        schema["type"] = Types(type == typeof(bool) ? "boolean" : type == typeof(int) || type == typeof(long) ? "integer" : "string", "null");
        if (option.GetCustomAttribute<RegularExpressionAttribute>() is { } expression)
        {
            schema["pattern"] = $"^({expression.Pattern})$";
        }

        if (DurationOf(option) is { } duration)
        {
            schema["pattern"] = DurationPattern.Between(duration.Least, duration.Most);
        }
        else if (option.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
        }

        return schema;
    }

    /// <summary>A named part of an option, such as a route.</summary>
    private static JsonObject Element(Type type)
    {
        object defaults = Activator.CreateInstance(type)!;
        return Closed(
            Settable(type).Select(static option => (ValueName(option), Create(option))),
            Settable(type).Where(option => option.IsDefined(typeof(RequiredAttribute)) && option.GetValue(defaults) is null).Select(ValueName));
    }

    private static JsonObject Closed(IEnumerable<(string Name, JsonObject Schema)> properties, IEnumerable<string> required) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray([.. required.Order(StringComparer.Ordinal).Select(static name => (JsonNode)name)]),
        ["properties"] = new JsonObject(properties.Select(static property => KeyValuePair.Create(property.Name, (JsonNode?)property.Schema))),
    };

    private static JsonArray Types(params string[] names) => [.. names.Select(static name => (JsonNode)name)];

    private static TimeSpan Time(object bound) => TimeSpan.Parse((string)bound, CultureInfo.InvariantCulture);
}
