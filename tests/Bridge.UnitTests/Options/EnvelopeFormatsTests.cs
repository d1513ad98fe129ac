using System.ComponentModel.DataAnnotations;
using System.Reflection;
using CanalBridge.Options;
using CanalBridge.Serialization;

namespace CanalBridge.UnitTests.Options;

/// <summary>The table of formats, and what else names them.</summary>
public sealed class EnvelopeFormatsTests
{
    [Fact]
    public void Option_allows_the_formats_of_the_table() => Assert.Equal(
        typeof(EnvelopeOptions).GetProperty(nameof(EnvelopeOptions.Format))!.GetCustomAttribute<AllowedValuesAttribute>()!.Values, EnvelopeFormats.Names);

    [Fact]
    public void Each_format_of_the_serializer_has_its_line() => Assert.Equal(
        Enum.GetValues<EnvelopeFormat>().Order(), EnvelopeFormats.Names.Select(static name => EnvelopeFormats.Find(name)!.Format).Order());

    [Fact]
    public void Name_in_other_letters_is_no_format() => Assert.Null(EnvelopeFormats.Find("Avro"));
}
