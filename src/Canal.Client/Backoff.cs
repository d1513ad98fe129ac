using System.Security.Cryptography;

namespace Canal.Client;

/// <summary>Pauses that double up to a maximum, each shortened at random by up to half, so that clients do not return in step.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan max)
{
    private TimeSpan _next = first;

    public TimeSpan Next()
    {
        TimeSpan full = _next;
        _next = full > max / 2 ? max : full * 2;
        return full * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);
    }
}
