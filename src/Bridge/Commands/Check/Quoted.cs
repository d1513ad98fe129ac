namespace CanalBridge.Commands.Check;

/// <summary>What somebody else said: a server's text, an exception's message. Only such a text can have brought a secret in, so secrets are looked for in it alone.</summary>
/// <param name="Text">The text.</param>
internal sealed record Quoted(string Text);
