using System.Globalization;
using System.Text;
using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Where the entries truly stand in the source's binlog, whatever Canal's label says.</summary>
/// <remarks>
/// Two labels are wrong. Behind a rotation of MariaDB's binlog Canal names an older file, until a checkpoint event names the right one: rotations are
/// counted where the offset falls back, and the true file is never before the label's. Behind 4 GiB an offset of 32 bits starts again: only one
/// transaction can reach that far, so it is seen by an offset that falls back inside a transaction. Rotations without an entry between them cannot
/// be counted; the next right label ends that error.
/// </remarks>
internal sealed class BinlogPlace
{
    private const long Wrap = 1L << 32;

    private readonly bool _trustsLabels;
    private byte[] _label = [];
    private byte[] _file = [];
    private string _name = "";
    private long _number = -1;
    private long _rawOffset = -1;
    private long _end;
    private long _wraps;
    private bool _isOtherBinlog;

    /// <param name="trustsLabels">The file of a label is right: MySQL.</param>
    /// <param name="last">Last known place and its label; null for none.</param>
    public BinlogPlace(bool trustsLabels, SeenLabel? last)
    {
        _trustsLabels = trustsLabels;
        if (last is { } seen)
        {
            _label = Encoding.UTF8.GetBytes(seen.Label.File);
            _rawOffset = seen.Label.Offset;
            _end = seen.Label.Offset + seen.Length;
            Name(seen.File, NumberOf(Encoding.UTF8.GetBytes(seen.File)));
        }
    }

    /// <summary>An entry was met.</summary>
    public bool IsKnown => _rawOffset >= 0;

    /// <summary>The label of the entry met last differs from its place.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>True file of the entry met last, UTF-8.</summary>
    public ReadOnlySpan<byte> File => _file;

    /// <summary>True offset of the entry met last.</summary>
    public long Offset => _rawOffset + (_wraps * Wrap);

    /// <summary>True place of the entry met last.</summary>
    public BinlogPosition Position => new(_name, Offset);

    /// <summary>What has to be kept to go on after a restart; null before the first entry.</summary>
    public SeenLabel? Seen => IsKnown ? new SeenLabel(new BinlogPosition(Encoding.UTF8.GetString(_label), _rawOffset), _end - _rawOffset, _name) : null;

    /// <summary>Number at the end of the true file's name; -1 for none.</summary>
    public long Number => _number;

    /// <summary>Whether a label lies behind the one met last, by the labels alone.</summary>
    public bool IsForward(in EntryHeader header)
    {
        if (!IsKnown)
        {
            return true;
        }

        long raw = Raw(header);
        return header.LogfileName.SequenceEqual(_label) ? raw > _rawOffset : NumberOf(header.LogfileName) > NumberOf(_label);
    }

    /// <summary>Whether a label is the one met last: the events of a compressed transaction share it.</summary>
    public bool IsSame(in EntryHeader header) => Raw(header) == _rawOffset && header.LogfileName.SequenceEqual(_label);

    /// <summary>Whether an offset that falls back does so because it passed 4 GiB.</summary>
    public bool IsWrap(in EntryHeader header, bool isInTransaction) =>
        isInTransaction && _rawOffset > Wrap / 2 && Raw(header) < _rawOffset && header.LogfileName.SequenceEqual(_label);

    /// <summary>Whether an entry of the transaction met last lies at or before what was met.</summary>
    public bool IsAtOrBefore(in EntryHeader header) => IsKnown && !_isOtherBinlog && Raw(header) <= _rawOffset;

    /// <summary>What follows stands in the binlog of another server: its labels have nothing to do with those before.</summary>
    public void Leave() => _isOtherBinlog = true;

    /// <summary>Goes to an entry that follows the one met last.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="isInTransaction">Entries of its transaction were met before it.</param>
    public void MoveTo(in EntryHeader header, bool isInTransaction)
    {
        long raw = Raw(header);
        bool sameLabel = header.LogfileName.SequenceEqual(_label);
        if (_isOtherBinlog)
        {
            _isOtherBinlog = false;
            _wraps = 0;
            Name(Encoding.UTF8.GetString(header.LogfileName), NumberOf(header.LogfileName));
        }
        else if (IsWrap(header, isInTransaction))
        {
            _wraps++;
        }
        else if (!sameLabel || (!_trustsLabels && raw < _end))
        {
            MoveToFile(header.LogfileName, isRotated: IsKnown && raw < _end);
        }

        if (!sameLabel)
        {
            _label = header.LogfileName.ToArray();
        }

        _rawOffset = raw;
        _end = raw + header.EventLength;
        IsElsewhere = _wraps > 0 || !header.LogfileName.SequenceEqual(_file);
    }

    /// <summary>Number at the end of a file's name; -1 for none.</summary>
    public static long NumberOf(ReadOnlySpan<byte> file)
    {
        int dot = file.LastIndexOf((byte)'.');
        return dot >= 0 && long.TryParse(file[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;
    }

    private void MoveToFile(ReadOnlySpan<byte> label, bool isRotated)
    {
        long number = NumberOf(label);
        long counted = isRotated ? _number + 1 : _number;
        bool isBehind = !_trustsLabels && number >= 0 && number < counted && BaseOf(label).SequenceEqual(BaseOf(_file));
        if (isBehind && counted == _number)
        {
            return;
        }

        _wraps = 0;
        string name = Encoding.UTF8.GetString(label);
        Name(isBehind ? $"{name[..(name.LastIndexOf('.') + 1)]}{counted.ToString(CultureInfo.InvariantCulture).PadLeft(6, '0')}" : name, isBehind ? counted : number);
    }

    private void Name(string name, long number)
    {
        _name = name;
        _file = Encoding.UTF8.GetBytes(name);
        _number = number;
    }

    private static ReadOnlySpan<byte> BaseOf(ReadOnlySpan<byte> file) => file[..Math.Max(0, file.LastIndexOf((byte)'.'))];

    /// <summary>Canal takes the length from the end of 32 bits: at the wrap the start may be below 0.</summary>
    private static long Raw(in EntryHeader header) => header.LogfileOffset < 0 ? header.LogfileOffset + Wrap : header.LogfileOffset;
}

/// <summary>The label of the entry met last, and its true file.</summary>
/// <param name="Label">As Canal gave it.</param>
/// <param name="Length">Length of the event, bytes.</param>
/// <param name="File">True file.</param>
internal readonly record struct SeenLabel(BinlogPosition Label, long Length, string File);
