namespace CanalBridge.Commands.Check;

/// <summary>Language of the report.</summary>
internal enum Language
{
    English,
    Chinese,
}
