using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CanalBridge.Serialization;

/// <summary>What is done to the texts of some columns: Debezium's <c>column.mask.with.*</c>, <c>column.mask.hash.*</c> and <c>column.truncate.*</c>.</summary>
public sealed class ColumnMask
{
    private readonly NameFilter _columns;

    private ColumnMask(NameFilter columns) => _columns = columns;

    /// <summary>Digests by the names that Debezium's options (Java's) have for them.</summary>
    public static IReadOnlyDictionary<string, HashAlgorithmName> Algorithms { get; } = new Dictionary<string, HashAlgorithmName>(StringComparer.OrdinalIgnoreCase)
    {
        ["MD5"] = HashAlgorithmName.MD5,
        ["SHA-1"] = HashAlgorithmName.SHA1,
        ["SHA-256"] = HashAlgorithmName.SHA256,
        ["SHA-384"] = HashAlgorithmName.SHA384,
        ["SHA-512"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Asterisks to write instead; null for a hash or a text cut short.</summary>
    public int? Asterisks { get; private init; }

    /// <summary>UTF-16 units, or bytes of a binary, to keep; null for a mask.</summary>
    public int? Kept { get; private init; }

    /// <summary>Digest to write instead; null for the others.</summary>
    public HashAlgorithmName? Algorithm { get; private init; }

    /// <summary>Goes before the text into the digest.</summary>
    public ReadOnlyMemory<byte> Salt { get; private init; }

    /// <summary>The digest is that of the text (<c>hash.v2</c>), not of the text as Java serializes it.</summary>
    public bool IsOfPlainText { get; private init; }

    /// <summary>That many asterisks, whatever the text, and for NULL.</summary>
    public static ColumnMask WithAsterisks(NameFilter columns, int count) => new(columns) { Asterisks = count };

    /// <summary>At most that many characters.</summary>
    public static ColumnMask Truncate(NameFilter columns, int characters) => new(columns) { Kept = characters };

    /// <summary>A digest in lower-case hex, cut to the length of the column.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is a digest.")]
    public static ColumnMask Hash(NameFilter columns, HashAlgorithmName algorithm, ReadOnlyMemory<byte> salt, bool isOfPlainText) =>
        new(columns) { Algorithm = algorithm, Salt = salt, IsOfPlainText = isOfPlainText };

    /// <summary>Whether a column is meant.</summary>
    internal bool Covers(string schema, string table, string column) => _columns.Passes($"{schema}.{table}.{column}");
}
