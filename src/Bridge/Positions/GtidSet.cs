using System.Globalization;
using System.Text;

namespace CanalBridge.Positions;

/// <summary>The transactions of a source that are done with. Immutable in text, mutable in memory; for one thread.</summary>
/// <remarks>
/// Two forms. MySQL: intervals of numbers for each <c>uuid</c> or <c>uuid:tag</c>, as in <c>uuid:1-5:7,uuid2:tag:1-3</c>. MariaDB: the last
/// number of each domain, as in <c>0-1-21,1-2-5</c>: the numbers of a domain rise over all its servers.
/// </remarks>
internal abstract class GtidSet
{
    /// <summary>Reads a set; its form shows which server wrote it.</summary>
    /// <exception cref="FormatException">It is neither form.</exception>
    public static GtidSet Parse(string text) => IsMariaDb(text) ? new MariaDbGtidSet(text) : new MySqlGtidSet(text);

    /// <summary>Nothing is in it.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>Whether a transaction is in it.</summary>
    /// <param name="gtid">One transaction: <c>uuid:7</c>, <c>uuid:tag:7</c> or <c>0-1-21</c>.</param>
    /// <exception cref="FormatException">It is no such text.</exception>
    public abstract bool Contains(string gtid);

    /// <summary>Adds one transaction.</summary>
    /// <exception cref="FormatException">As of <see cref="Contains"/>.</exception>
    public abstract void Add(string gtid);

    /// <summary>Adds all transactions of a set of the same form.</summary>
    public abstract void Add(GtidSet other);

    /// <summary>What a server has executed, without one transaction, and is not in this set.</summary>
    /// <param name="executed">A set of the same form, the transaction included.</param>
    /// <param name="own">The transaction that is under way.</param>
    /// <param name="ofKnownSources">Of MySQL servers and MariaDB domains that this set does not name, nothing is missing.</param>
    /// <returns>A set as text; null if nothing is missing.</returns>
    public abstract string? Missing(GtidSet executed, string own, bool ofKnownSources = false);

    /// <summary>A copy without one transaction.</summary>
    public abstract GtidSet Without(string gtid);

    /// <summary>MariaDB's texts have two hyphens in each element and no colon.</summary>
    private static bool IsMariaDb(string text) => text.Length > 0 && !text.Contains(':', StringComparison.Ordinal);

    private protected static long Number(ReadOnlySpan<char> text, string whole) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"expected a GTID or a set of them, got {whole}");
}

/// <summary>MySQL's form.</summary>
internal sealed class MySqlGtidSet : GtidSet
{
    // By uuid, or uuid:tag, in lower case: closed intervals, in order, with a gap between neighbours.
    private readonly SortedDictionary<string, List<(long First, long Last)>> _intervals = new(StringComparer.Ordinal);

    public MySqlGtidSet(string text)
    {
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pieces = part.Split(':', StringSplitOptions.TrimEntries);
            string uuid = pieces[0].ToLowerInvariant(), source = uuid;
            if (pieces.Length < 2)
            {
                throw new FormatException($"expected uuid:interval, got {part}");
            }

            foreach (string piece in pieces.AsSpan(1))
            {
                if (piece.Length > 0 && !char.IsAsciiDigit(piece[0]))
                {
                    // A tag begins with a letter or an underscore; the intervals behind it are its own.
                    source = $"{uuid}:{piece.ToLowerInvariant()}";
                    continue;
                }

                int dash = piece.IndexOf('-', StringComparison.Ordinal);
                long first = Number(dash < 0 ? piece : piece.AsSpan(0, dash), part);
                Add(source, first, dash < 0 ? first : Number(piece.AsSpan(dash + 1), part));
            }
        }
    }

    private MySqlGtidSet()
    {
    }

    /// <inheritdoc />
    public override bool IsEmpty => _intervals.Count == 0;

    /// <inheritdoc />
    public override bool Contains(string gtid)
    {
        (string source, long number) = Split(gtid);
        return _intervals.TryGetValue(source, out List<(long First, long Last)>? intervals) && Contains(intervals, number, number);
    }

    /// <inheritdoc />
    public override void Add(string gtid)
    {
        (string source, long number) = Split(gtid);
        Add(source, number, number);
    }

    /// <inheritdoc />
    public override void Add(GtidSet other)
    {
        foreach ((string source, List<(long First, long Last)> intervals) in SameForm(other)._intervals)
        {
            foreach ((long first, long last) in intervals)
            {
                Add(source, first, last);
            }
        }
    }

    /// <inheritdoc />
    public override string? Missing(GtidSet executed, string own, bool ofKnownSources)
    {
        var missing = new MySqlGtidSet();
        foreach ((string source, List<(long First, long Last)> intervals) in SameForm(executed.Without(own))._intervals)
        {
            if (!_intervals.TryGetValue(source, out List<(long First, long Last)>? known) && ofKnownSources)
            {
                continue;
            }

            foreach ((long first, long last) in intervals)
            {
                long from = first;
                foreach ((long knownFirst, long knownLast) in known ?? [])
                {
                    if (knownLast < from || knownFirst > last)
                    {
                        continue;
                    }

                    if (knownFirst > from)
                    {
                        missing.Add(source, from, knownFirst - 1);
                    }

                    from = knownLast + 1;
                }

                if (from <= last)
                {
                    missing.Add(source, from, last);
                }
            }
        }

        return missing.IsEmpty ? null : missing.ToString();
    }

    /// <inheritdoc />
    public override GtidSet Without(string gtid)
    {
        (string source, long number) = Split(gtid);
        var copy = new MySqlGtidSet();
        foreach ((string of, List<(long First, long Last)> intervals) in _intervals)
        {
            foreach ((long first, long last) in intervals)
            {
                if (of != source || number < first || number > last)
                {
                    copy.Add(of, first, last);
                    continue;
                }

                if (first < number)
                {
                    copy.Add(of, first, number - 1);
                }

                if (number < last)
                {
                    copy.Add(of, number + 1, last);
                }
            }
        }

        return copy;
    }

    /// <summary>As MySQL writes it; a tag's intervals stand behind the uuid written once more.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string source, List<(long First, long Last)> intervals) in _intervals)
        {
            text.Append(text.Length > 0 ? "," : "").Append(source);
            foreach ((long first, long last) in intervals)
            {
                text.Append(CultureInfo.InvariantCulture, $":{first}");
                if (last > first)
                {
                    text.Append(CultureInfo.InvariantCulture, $"-{last}");
                }
            }
        }

        return text.ToString();
    }

    private static MySqlGtidSet SameForm(GtidSet other) =>
        other as MySqlGtidSet ?? throw new FormatException($"expected a set of MySQL's form, got {other}");

    private static (string Source, long Number) Split(string gtid)
    {
        int colon = gtid.LastIndexOf(':');
        return colon > 0
            ? (gtid[..colon].Trim().ToLowerInvariant(), Number(gtid.AsSpan(colon + 1), gtid))
            : throw new FormatException($"expected uuid:number, got {gtid}");
    }

    private static bool Contains(List<(long First, long Last)> intervals, long first, long last)
    {
        // The newest are asked for most.
        for (int i = intervals.Count - 1; i >= 0; i--)
        {
            if (intervals[i].First <= first)
            {
                return last <= intervals[i].Last;
            }
        }

        return false;
    }

    private void Add(string source, long first, long last)
    {
        if (!_intervals.TryGetValue(source, out List<(long First, long Last)>? intervals))
        {
            _intervals[source] = intervals = [];
        }

        // From the end: almost always the last interval grows.
        int at = intervals.Count;
        while (at > 0 && intervals[at - 1].First > first)
        {
            at--;
        }

        intervals.Insert(at, (first, last));
        at = Math.Max(0, at - 1);
        while (at + 1 < intervals.Count)
        {
            if (intervals[at].Last + 1 >= intervals[at + 1].First)
            {
                intervals[at] = (intervals[at].First, Math.Max(intervals[at].Last, intervals[at + 1].Last));
                intervals.RemoveAt(at + 1);
            }
            else if (intervals[at].First > last)
            {
                break;
            }
            else
            {
                at++;
            }
        }
    }
}

/// <summary>MariaDB's form.</summary>
internal sealed class MariaDbGtidSet : GtidSet
{
    private readonly SortedDictionary<long, (long Server, long Number)> _last = [];

    public MariaDbGtidSet(string text)
    {
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Add(part);
        }
    }

    /// <inheritdoc />
    public override bool IsEmpty => _last.Count == 0;

    /// <summary>Its elements, each the last transaction of a domain.</summary>
    public IEnumerable<string> Elements => _last.Select(static domain => Text(domain.Key, domain.Value));

    /// <inheritdoc />
    public override bool Contains(string gtid)
    {
        (long domain, _, long number) = Split(gtid);
        return _last.TryGetValue(domain, out (long Server, long Number) last) && number <= last.Number;
    }

    /// <inheritdoc />
    public override void Add(string gtid)
    {
        (long domain, long server, long number) = Split(gtid);
        if (!_last.TryGetValue(domain, out (long Server, long Number) last) || number > last.Number)
        {
            _last[domain] = (server, number);
        }
    }

    /// <inheritdoc />
    public override void Add(GtidSet other)
    {
        foreach (string element in SameForm(other).Elements)
        {
            Add(element);
        }
    }

    /// <inheritdoc />
    /// <remarks>Of the own domain the numbers between the last one known and the own are missing: a server numbers without gaps.</remarks>
    public override string? Missing(GtidSet executed, string own, bool ofKnownSources)
    {
        (long ownDomain, long ownServer, long ownNumber) = Split(own);
        List<string> missing = [];
        foreach ((long domain, (long server, long number)) in SameForm(executed)._last)
        {
            bool isOwn = domain == ownDomain, isKnown = _last.TryGetValue(domain, out (long Server, long Number) found);
            long last = isOwn ? ownNumber - 1 : number, known = isKnown ? found.Number : 0;
            if (last > known && (isKnown || !ofKnownSources))
            {
                string from = Text(domain, (isOwn ? ownServer : server, known + 1)), to = Text(domain, (isOwn ? ownServer : server, last));
                missing.Add(from == to ? from : $"{from} to {to}");
            }
        }

        return missing.Count == 0 ? null : string.Join(", ", missing);
    }

    /// <inheritdoc />
    /// <remarks>The one before in the domain: whose server that was is not known, and nobody asks.</remarks>
    public override GtidSet Without(string gtid)
    {
        (long domain, _, long number) = Split(gtid);
        var copy = new MariaDbGtidSet("");
        foreach ((long of, (long Server, long Number) last) in _last)
        {
            if (of != domain || last.Number != number)
            {
                copy._last[of] = last;
            }
            else if (number > 1)
            {
                copy._last[of] = (last.Server, number - 1);
            }
        }

        return copy;
    }

    /// <inheritdoc />
    public override string ToString() => string.Join(',', Elements);

    private static MariaDbGtidSet SameForm(GtidSet other) =>
        other as MariaDbGtidSet ?? throw new FormatException($"expected a set of MariaDB's form, got {other}");

    private static (long Domain, long Server, long Number) Split(string gtid)
    {
        string[] parts = gtid.Split('-');
        return parts.Length == 3
            ? (Number(parts[0], gtid), Number(parts[1], gtid), Number(parts[2], gtid))
            : throw new FormatException($"expected domain-server-number, got {gtid}");
    }

    private static string Text(long domain, (long Server, long Number) last) =>
        string.Create(CultureInfo.InvariantCulture, $"{domain}-{last.Server}-{last.Number}");
}
