namespace CanalBridge.Commands.Check;

/// <summary>A text in both languages, with numbered places for what was found.</summary>
/// <param name="Code">Its stable name, for machines.</param>
/// <param name="English">English.</param>
/// <param name="Chinese">Chinese, simplified.</param>
internal sealed record Text(string Code, string English, string Chinese);
